import { reasonsOf } from './reason.ts';

/** Services, endpoints and load balancers, and kube-proxy on the nodes. */
export const CONTROLLERS_NETWORK_REASONS = [
  ...reasonsOf(['service-controller'], {
    EnsuringLoadBalancer: {
      type: 'Normal',
      severity: 'info',
      meaning: "The cloud's load balancer is being made or corrected.",
      check: 'Nothing to do; EnsuredLoadBalancer follows.',
    },
    EnsuredLoadBalancer: {
      type: 'Normal',
      severity: 'info',
      meaning: "The cloud's load balancer is as it should be.",
      check: 'Nothing to do.',
    },
    UpdatedLoadBalancer: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The load balancer knows the changed set of nodes.',
      check: 'Nothing to do.',
    },
    DeletingLoadBalancer: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The load balancer is being deleted.',
      check: 'Check that it was planned: kubectl get service NAME -n NAMESPACE.',
    },
    DeletedLoadBalancer: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The load balancer is deleted.',
      check: 'Check that it was planned: kubectl get service NAME -n NAMESPACE.',
    },
    SyncLoadBalancerFailed: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The load balancer could not be made or corrected.',
      check: "Read the cloud's answer in the message: kubectl describe service NAME -n NAMESPACE.",
    },
    UpdateLoadBalancerFailed: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The load balancer could not be told of the changed set of nodes.',
      check: "Read the cloud's answer in the message: kubectl describe service NAME -n NAMESPACE.",
    },
    DeleteLoadBalancerFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The load balancer could not be deleted; it may go on costing money.',
      check: "Read the cloud's answer in the message: kubectl describe service NAME -n NAMESPACE.",
    },
    UnAvailableLoadBalancer: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'There is no node that the load balancer could send traffic to.',
      check:
        'Check readiness and the exclude-from-external-load-balancers label: kubectl get nodes --show-labels.',
    },
  }),
  ...reasonsOf(['endpoint-controller'], {
    FailedToCreateEndpoint: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The Endpoints object of a Service could not be created.',
      check: 'Read the message for rights or webhooks: kubectl get endpoints NAME -n NAMESPACE.',
    },
    FailedToUpdateEndpoint: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'The Endpoints object of a Service could not be updated; one conflict now and then is harmless.',
      check: 'If it stays, read the message: kubectl get endpoints NAME -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['endpoint-slice-controller'], {
    FailedToListPods: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pods of a Service could not be listed, so its addresses may be old.',
      check: "Check the API server's health: kubectl get --raw /readyz.",
    },
    FailedToListEndpointSlices: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A Service's EndpointSlices could not be listed, so its addresses may be old.",
      check: "Check the API server's health: kubectl get --raw /readyz.",
    },
    FailedToUpdateEndpointSlices: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A Service's EndpointSlices could not be updated; one conflict now and then is harmless.",
      check: 'If it stays, read the message: kubectl get endpointslices -n NAMESPACE.',
    },
    TopologyAwareHintsEnabled: {
      type: 'Normal',
      severity: 'info',
      meaning: 'Traffic to the Service stays within a zone where possible.',
      check: 'Nothing to do.',
    },
    TopologyAwareHintsDisabled: {
      type: 'Warning',
      severity: 'notice',
      meaning: "Traffic to the Service can't be kept within zones; it goes everywhere.",
      check:
        'The message says why, mostly too few endpoints per zone: kubectl describe service NAME -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['endpoint-slice-mirroring-controller'], {
    InvalidIPAddress: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'An Endpoints object has addresses that are no IP addresses; they are left out.',
      check: 'Check its addresses: kubectl get endpoints NAME -n NAMESPACE -o yaml.',
    },
    TooManyAddressesToMirror: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'An Endpoints object has more addresses than are mirrored; the surplus is left out.',
      check: 'Write EndpointSlices directly instead: kubectl get endpointslices -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['service-cidr-controller'], {
    KubernetesServiceCIDRError: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The status of a ServiceCIDR could not be written.',
      check: "Check the API server's health: kubectl describe servicecidr NAME.",
    },
  }),
  ...reasonsOf(['kube-proxy'], {
    Starting: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'kube-proxy has started on the node.',
      check: 'Check whether the start was planned: kubectl get pods -n kube-system -o wide.',
    },
    FailedToStartProxierHealthcheck: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'kube-proxy could not open its health port on the node.',
      check: 'Look for another program on that port: kubectl logs -n kube-system KUBE-PROXY-POD.',
    },
    FailedToStartMetricServer: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'kube-proxy could not open its metrics port on the node.',
      check: 'Look for another program on that port: kubectl logs -n kube-system KUBE-PROXY-POD.',
    },
    FailedToStartServiceHealthcheck: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'The health port of a Service with externalTrafficPolicy Local could not be opened, so load balancers skip the node.',
      check:
        'Look for another program on its healthCheckNodePort: kubectl get service NAME -n NAMESPACE -o yaml.',
    },
    IPVSDeprecation: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'kube-proxy runs in its IPVS mode, which is deprecated.',
      check: 'Plan the move to the nftables mode: kubectl get configmap kube-proxy -n kube-system -o yaml.',
    },
  }),
];
