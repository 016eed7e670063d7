import { reasonsOf } from './reason.ts';

/** The API server, leader election and the garbage collector. */
export const CONTROL_PLANE_REASONS = [
  ...reasonsOf(['kube-controller-manager', 'default-scheduler', 'cloud-controller-manager'], {
    LeaderElection: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'Another replica has become the leader, or the leader gave up.',
      check: 'Often means restarts or a slow API server: kubectl get leases -n kube-system.',
    },
  }),
  ...reasonsOf(['garbage-collector-controller'], {
    OwnerRefInvalidNamespace: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'An object names an owner that does not exist in its namespace, so it may be deleted as an orphan.',
      check: 'Correct its owner references: kubectl get KIND NAME -n NAMESPACE -o yaml.',
    },
  }),
  ...reasonsOf(['kubernetes-service-cidr-controller'], {
    KubernetesDefaultServiceCIDRError: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The cluster's default ServiceCIDR could not be created or updated.",
      check: "Check it against the API server's flags: kubectl describe servicecidr kubernetes.",
    },
    KubernetesDefaultServiceCIDRInconsistent: {
      type: 'Warning',
      severity: 'critical',
      meaning:
        "The default ServiceCIDR differs from this API server's flags; replicas may have different flags.",
      check: 'Compare --service-cluster-ip-range of all replicas: kubectl describe servicecidr kubernetes.',
    },
  }),
  ...reasonsOf(['ipallocator-repair-controller'], {
    ClusterIPNotValid: {
      type: 'Warning',
      severity: 'critical',
      meaning: "A Service has a cluster IP that can't be valid.",
      check: 'Create the Service anew: kubectl get service NAME -n NAMESPACE -o yaml.',
    },
    ClusterIPOutOfRange: {
      type: 'Warning',
      severity: 'critical',
      meaning: "A Service's cluster IP lies outside all service ranges.",
      check: 'Create the Service anew, or check the ranges: kubectl get servicecidrs.',
    },
    ClusterIPNotAllocated: {
      type: 'Warning',
      severity: 'notice',
      meaning: "A Service's cluster IP was not noted as taken; this is repaired.",
      check: 'If it comes back, check etcd after a restore: kubectl get ipaddresses.',
    },
    ClusterIPAlreadyAllocated: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Two Services have the same cluster IP.',
      check: 'Create one of them anew: kubectl get services -A.',
    },
    ServiceCIDRFull: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'No cluster IP is left.',
      check: 'Widen the range: kubectl get servicecidrs.',
    },
    IPAddressNotAllocated: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'An IPAddress object belongs to no Service; it is removed.',
      check: 'Nothing to do unless it comes back: kubectl get ipaddresses.',
    },
    IPAddressWrongReference: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'An IPAddress object names the wrong Service; it is made anew.',
      check: 'Nothing to do unless it comes back: kubectl get ipaddresses.',
    },
    UnknownError: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A Service's cluster IP could not be checked or allocated.",
      check: "Read the message and the API server's log: kubectl describe service NAME -n NAMESPACE.",
    },
  }),
  ...reasonsOf(['portallocator-repair-controller'], {
    PortNotAllocated: {
      type: 'Warning',
      severity: 'notice',
      meaning: "A Service's node port was not noted as taken; this is repaired.",
      check: 'If it comes back, check etcd after a restore: kubectl get services -A.',
    },
    PortAlreadyAllocated: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Two Services have the same node port.',
      check: 'Create one of them anew: kubectl get services -A.',
    },
    PortOutOfRange: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A Service's node port lies outside the range of node ports.",
      check:
        'Create the Service anew, or check --service-node-port-range: kubectl get service NAME -n NAMESPACE.',
    },
    PortRangeFull: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'No node port is left.',
      check: 'Widen --service-node-port-range: kubectl get services -A.',
    },
    UnknownError: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A Service's node port could not be allocated.",
      check: "Read the message and the API server's log: kubectl describe service NAME -n NAMESPACE.",
    },
  }),
];
