import { reasonsOf } from './reason.ts';

/** The controllers that look after nodes, their networks and their taints; also those of a cloud. */
export const CONTROLLERS_NODE_REASONS = [
  ...reasonsOf(['node-controller'], {
    RegisteredNode: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node controller has noticed a new node, or was itself restarted.',
      check: 'Nothing to do; one for each node at once means a restart or a change of leader.',
    },
    RemovingNode: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The Node object was deleted.',
      check: 'Check that it was planned: kubectl get nodes.',
    },
    NodeNotReady: {
      type: 'both',
      severity: 'critical',
      meaning: 'The node stopped reporting; the event is Normal on the Node and Warning on each of its pods.',
      check: 'Check the node and its kubelet: kubectl describe node NODE.',
    },
  }),
  ...reasonsOf(['cidrAllocator'], {
    CIDRNotAvailable: {
      type: 'Normal',
      severity: 'critical',
      meaning: 'No pod network range is left for the node.',
      check:
        "Compare the number of nodes with the cluster CIDR: kubectl get nodes -o jsonpath='{..podCIDR}'.",
    },
    CIDRAssignmentFailed: {
      type: 'Normal',
      severity: 'critical',
      meaning: "The node's pod network range could not be written.",
      check: "Check the API server and the controller manager's log: kubectl describe node NODE.",
    },
  }),
  ...reasonsOf(['taint-eviction-controller'], {
    TaintManagerEviction: {
      type: 'Normal',
      severity: 'warning',
      meaning: 'The pod is deleted because of a NoExecute taint of its node, or that deletion is called off.',
      check: 'See why the node is tainted: kubectl describe node NODE.',
    },
  }),
  ...reasonsOf(['device-taint-eviction-controller'], {
    DeviceTaintManagerEviction: {
      type: 'Normal',
      severity: 'warning',
      meaning: 'The pod is deleted because a device of its is tainted, or that deletion is called off.',
      check: 'See which device: kubectl get resourceslices,devicetaintrules -o yaml.',
    },
  }),
  ...reasonsOf(['cloud-node-controller'], {
    Synced: {
      type: 'Normal',
      severity: 'info',
      meaning: "The cloud provider has completed a new node's data.",
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['cloud-node-lifecycle-controller'], {
    DeletingNode: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The node is gone from the cloud, so its Node object is deleted.',
      check: 'Check that it was planned: kubectl get nodes.',
    },
    DeletingNodeFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The Node object of a machine that is gone from the cloud could not be deleted.',
      check: "Check the cloud controller manager's log and rights: kubectl get node NODE.",
    },
  }),
  ...reasonsOf(['route_controller'], {
    FailedToCreateRoute: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The cloud could not make a route to the node's pod network, so its pods can't be reached.",
      check: "Check the cloud's route quota and rights: kubectl describe node NODE.",
    },
  }),
];
