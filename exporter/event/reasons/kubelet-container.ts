import { reasonsOf } from './reason.ts';

/** What the kubelet says of a pod's containers, images, probes and resources. */
export const KUBELET_CONTAINER_REASONS = [
  ...reasonsOf(['kubelet'], {
    Created: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The container runtime created the container.',
      check: 'Nothing to do; kubectl get pod POD -n NAMESPACE shows its state.',
    },
    Started: {
      type: 'Normal',
      severity: 'info',
      meaning: "The container's process was started.",
      check: 'Nothing to do; many of these for one pod are restarts: kubectl get pod POD -n NAMESPACE.',
    },
    Killing: {
      type: 'Normal',
      severity: 'notice',
      meaning:
        "The kubelet is stopping a container: the pod is deleted, a probe failed or the container's definition changed.",
      check: 'The message says why; kubectl describe pod POD -n NAMESPACE.',
    },
    Preempting: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The kubelet ends this pod to make room on its node for a critical pod.',
      check: 'See which critical pod arrived and what the node has left: kubectl describe node NODE.',
    },
    BackOff: {
      type: 'both',
      severity: 'warning',
      meaning:
        'Warning: a container keeps ending and is restarted ever later; Normal: pulling its image is retried ever later.',
      check:
        'Read why it ended: kubectl logs POD -n NAMESPACE --previous; for images read the Failed event before.',
    },
    ExceededGracePeriod: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The runtime did not end the pod's containers within the grace period.",
      check:
        "Check that the program reacts to SIGTERM, and the runtime's health on the node: kubectl describe node NODE.",
    },
    FailedKillPod: {
      type: 'Warning',
      severity: 'warning',
      meaning: "Ending the pod's containers or its sandbox failed; the kubelet tries again.",
      check: "Look at the container runtime's log on the node and its state: kubectl describe node NODE.",
    },
    FailedCreatePodContainer: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod's cgroup could not be made, so no container can start.",
      check:
        "Check the kubelet's log on the node and its cgroup driver: kubectl describe pod POD -n NAMESPACE.",
    },
    Failed: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'An image could not be pulled, or a container could not be created or started; the message says which.',
      check:
        'Read the message for a missing image, secret, ConfigMap or command: kubectl describe pod POD -n NAMESPACE.',
    },
    Pulling: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The image is being pulled.',
      check: 'Nothing to do; a long pause until Pulled means a slow registry or a large image.',
    },
    Pulled: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The image is on the node, pulled just now or present before.',
      check: 'Nothing to do; the message has the time taken and the size.',
    },
    InspectFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The image's name is invalid, or the runtime could not say whether the image is on the node.",
      check: "Check the spelling of the image: kubectl get pod POD -n NAMESPACE -o jsonpath='{..image}'.",
    },
    ErrImageNeverPull: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The image is not on the node and imagePullPolicy Never forbids to pull it.',
      check: 'Load the image on the node or change the policy: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    FailedToRetrieveImagePullSecret: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'A Secret named in imagePullSecrets could not be read; pulling from a private registry may fail.',
      check: "Check that it exists in the pod's namespace: kubectl get secret -n NAMESPACE.",
    },
    SandboxChanged: {
      type: 'Normal',
      severity: 'notice',
      meaning:
        "The pod's sandbox (its network namespace) ended or changed; all its containers are restarted.",
      check: 'Check whether the node or its runtime was restarted: kubectl describe node NODE.',
    },
    FailedCreatePodSandBox: {
      type: 'Warning',
      severity: 'critical',
      meaning:
        "The runtime or the network plugin could not set up the pod's sandbox, so nothing in it starts.",
      check:
        "Check the network plugin's pods on that node and its free IP addresses: kubectl get pods -n kube-system -o wide.",
    },
    FailedPodSandBoxStatus: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The runtime could not tell the state of the pod's sandbox.",
      check: 'Check the container runtime on the node: kubectl describe node NODE.',
    },
    NetworkNotReady: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The node's network plugin is not ready, so pods that need the pod network can't start there.",
      check: "Check the network plugin's DaemonSet: kubectl get pods -n kube-system -o wide.",
    },
    FailedSync: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The kubelet could not learn the pod's state from the runtime; it tries again.",
      check: 'Check the container runtime on the node: kubectl describe node NODE.',
    },
    FailedValidation: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A static pod's manifest was ignored because another pod has the same name.",
      check:
        'Look for duplicates among the manifests on the node: kubectl get pods -A --field-selector spec.nodeName=NODE.',
    },
    Unhealthy: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A liveness, readiness or startup probe failed.',
      check: 'The message says which probe and what it answered; kubectl describe pod POD -n NAMESPACE.',
    },
    ProbeWarning: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'A probe succeeded with a reservation, such as a redirect to another host.',
      check: 'Point the probe at a path that answers by itself: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    FailedPostStartHook: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The container's postStart hook failed, so the container is ended.",
      check: 'Run the hook by hand: kubectl exec POD -n NAMESPACE -- COMMAND.',
    },
    FailedPreStopHook: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The container's preStop hook failed; the container is ended all the same.",
      check:
        "Check that the hook's command exists in the image and ends within the grace period: kubectl get pod POD -n NAMESPACE -o yaml.",
    },
    LifecycleHTTPFallback: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'A hook that asked for HTTPS was answered in plain HTTP, and HTTP was used instead.',
      check: "Set the hook's scheme to HTTP: kubectl get pod POD -n NAMESPACE -o yaml.",
    },
    FailedPrepareDynamicResources: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A device claimed through a ResourceClaim could not be prepared on the node.',
      check: 'Check the claim and the DRA driver on the node: kubectl describe resourceclaim -n NAMESPACE.',
    },
    DNSConfigForming: {
      type: 'Warning',
      severity: 'notice',
      meaning:
        "The pod's DNS settings exceed a limit, and the surplus name servers or search domains are left out.",
      check:
        'Compare with the limits of 3 name servers and 32 search domains: kubectl exec POD -n NAMESPACE -- cat /etc/resolv.conf.',
    },
    MissingClusterDNS: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The kubelet has no cluster DNS address, so pods get the node's DNS instead.",
      check: "Set clusterDNS in the kubelet's configuration: kubectl get service -n kube-system kube-dns.",
    },
    HostIPsIPFamilyMismatch: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The kubelet and the cloud provider chose node addresses of different IP families.',
      check:
        "Give the kubelet an explicit --node-ip: kubectl get node NODE -o jsonpath='{.status.addresses}'.",
    },
    DeadlineExceeded: {
      type: 'Normal',
      severity: 'warning',
      meaning: 'The pod ran longer than its activeDeadlineSeconds and was ended.',
      check: 'Compare the deadline with how long the work takes: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    CertificateOverdueForRefresh: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod's projected certificate should have been renewed by now.",
      check: 'Check the signer: kubectl get podcertificaterequests -n NAMESPACE.',
    },
    CertificateExpired: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The pod's projected certificate has expired without a new one.",
      check: 'Check why its signer does not answer: kubectl get podcertificaterequests -n NAMESPACE.',
    },
    Denied: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The signer refused the certificate that the pod's volume asks for.",
      check: 'Read the reason in the request: kubectl describe podcertificaterequests -n NAMESPACE.',
    },
    ResizeStarted: {
      type: 'Normal',
      severity: 'info',
      meaning: "The kubelet has begun to change the running pod's resources.",
      check: 'Nothing to do; ResizeCompleted or ResizeError follows.',
    },
    ResizeCompleted: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The running pod has its new resources.',
      check: 'Nothing to do; kubectl get pod POD -n NAMESPACE -o yaml shows them.',
    },
    ResizeDeferred: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The node has no room for the new resources now; the kubelet tries again later.',
      check: 'Look at what the node has left: kubectl describe node NODE.',
    },
    ResizeInfeasible: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The node can never give the pod the resources asked for.',
      check: 'Ask for less or move the pod: kubectl describe node NODE shows what it can allocate.',
    },
    ResizeError: {
      type: 'Warning',
      severity: 'warning',
      meaning: "Changing the running pod's resources failed; the kubelet tries again.",
      check: "Read the message and the container runtime's log: kubectl describe pod POD -n NAMESPACE.",
    },
  }),
];
