import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hasGoToolchain } from '../../../test/servers/go-build.ts';
import { temporaryFolder } from '../../../test/servers/warden.ts';
import { isKnownReason, KUBERNETES_REASONS } from './catalogue.ts';
import { FORMER_REASONS } from './gone.ts';
import {
  type GoModule,
  namesIn,
  type Occurrence,
  type SourceScan,
  scanModules,
  stringConstants,
} from './source-scan.ts';

/** The folder whose go.mod pins the Kubernetes that the other tests run against. */
const PIN = fileURLToPath(new URL('../../../test/servers/kubernetes/', import.meta.url));

/** The modules whose code runs in a cluster. */
const SEARCHED = [
  'k8s.io/kubernetes',
  'k8s.io/apiextensions-apiserver',
  'k8s.io/apiserver',
  'k8s.io/client-go',
  'k8s.io/cloud-provider',
  'k8s.io/component-base',
  'k8s.io/component-helpers',
  'k8s.io/controller-manager',
  'k8s.io/dynamic-resource-allocation',
  'k8s.io/endpointslice',
  'k8s.io/kube-aggregator',
];

/** Modules that only have constants for them. */
const CONSTANTS = ['k8s.io/api', 'k8s.io/apimachinery'];

/** Packages of k8s.io/kubernetes that have nothing but reasons. */
const REASON_PACKAGES = ['pkg/kubelet/events', 'pkg/controller/volume/events'];

/** Which components' events the code of a folder records; the longest prefix holds. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  'k8s.io/client-go/tools/leaderelection/': [
    'kube-controller-manager',
    'default-scheduler',
    'cloud-controller-manager',
  ],
  'k8s.io/cloud-provider/controllers/node/': ['cloud-node-controller'],
  'k8s.io/cloud-provider/controllers/nodelifecycle/': ['cloud-node-lifecycle-controller'],
  'k8s.io/cloud-provider/controllers/route/': ['route_controller'],
  'k8s.io/cloud-provider/controllers/service/': ['service-controller'],
  'k8s.io/endpointslice/': ['endpoint-slice-controller'],
  'k8s.io/kubernetes/cmd/kube-proxy/': ['kube-proxy'],
  'k8s.io/kubernetes/pkg/controller/controller_utils.go': [
    'replicaset-controller',
    'replication-controller',
    'daemonset-controller',
    'job-controller',
  ],
  'k8s.io/kubernetes/pkg/controller/cronjob/': ['cronjob-controller'],
  'k8s.io/kubernetes/pkg/controller/daemon/': ['daemonset-controller'],
  'k8s.io/kubernetes/pkg/controller/deployment/': ['deployment-controller'],
  'k8s.io/kubernetes/pkg/controller/devicetainteviction/': ['device-taint-eviction-controller'],
  'k8s.io/kubernetes/pkg/controller/disruption/': ['controllermanager'],
  'k8s.io/kubernetes/pkg/controller/endpoint/': ['endpoint-controller'],
  'k8s.io/kubernetes/pkg/controller/endpointslice/': ['endpoint-slice-controller'],
  'k8s.io/kubernetes/pkg/controller/endpointslicemirroring/': ['endpoint-slice-mirroring-controller'],
  'k8s.io/kubernetes/pkg/controller/garbagecollector/': ['garbage-collector-controller'],
  'k8s.io/kubernetes/pkg/controller/job/': ['job-controller'],
  'k8s.io/kubernetes/pkg/controller/nodeipam/': ['cidrAllocator'],
  'k8s.io/kubernetes/pkg/controller/nodelifecycle/': ['node-controller'],
  'k8s.io/kubernetes/pkg/controller/podautoscaler/': ['horizontal-pod-autoscaler'],
  'k8s.io/kubernetes/pkg/controller/resourceclaim/': ['resource_claim'],
  'k8s.io/kubernetes/pkg/controller/servicecidrs/': ['service-cidr-controller'],
  'k8s.io/kubernetes/pkg/controller/statefulset/': ['statefulset-controller'],
  'k8s.io/kubernetes/pkg/controller/tainteviction/': ['taint-eviction-controller'],
  'k8s.io/kubernetes/pkg/controller/util/node/': ['node-controller'],
  'k8s.io/kubernetes/pkg/controller/volume/attachdetach/': ['attachdetach-controller'],
  'k8s.io/kubernetes/pkg/controller/volume/ephemeral/': ['ephemeral_volume'],
  'k8s.io/kubernetes/pkg/controller/volume/expand/': ['volume_expand'],
  'k8s.io/kubernetes/pkg/controller/volume/persistentvolume/': ['persistentvolume-controller'],
  'k8s.io/kubernetes/pkg/controller/volume/selinuxwarning/': ['selinux_warning'],
  'k8s.io/kubernetes/pkg/controlplane/controller/defaultservicecidr/': ['kubernetes-service-cidr-controller'],
  'k8s.io/kubernetes/pkg/kubelet/': ['kubelet'],
  'k8s.io/kubernetes/pkg/proxy/': ['kube-proxy'],
  'k8s.io/kubernetes/pkg/registry/core/service/ipallocator/': ['ipallocator-repair-controller'],
  'k8s.io/kubernetes/pkg/registry/core/service/portallocator/': ['portallocator-repair-controller'],
  'k8s.io/kubernetes/pkg/scheduler/': ['default-scheduler'],
  'k8s.io/kubernetes/pkg/volume/': ['kubelet', 'attachdetach-controller', 'volume_expand'],
};

/** What the scan takes for an event's reason, and why it is none. */
const NOT_EVENTS: Readonly<Record<string, string>> = {
  Infeasible: 'refuses a resize of a running pod, which is told by ResizeInfeasible',
  DeletingAllPods: 'controller/util/node.DeletePods, which nothing calls',
  NodeControllerEviction: 'controller/util/node.DeletePods, which nothing calls',
  TLSConfigChanged: 'NewDynamicServingCertificateController, which all callers give nil as the recorder',
};

interface Computed {
  readonly type: 'Normal' | 'Warning';
  /** Each reason that it can be, with a text of a file that proves it. */
  readonly reasons: Readonly<Record<string, readonly [file: string, text: string]>>;
}

const JOB = 'k8s.io/kubernetes/pkg/controller/job/job_controller.go';
const STATEFULSET = 'k8s.io/kubernetes/pkg/controller/statefulset/stateful_pod_control.go';
const DEFAULT_CIDR =
  'k8s.io/kubernetes/pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go';
const KUBELET = 'k8s.io/kubernetes/pkg/kubelet';
const PLUGINS = 'k8s.io/kubernetes/pkg/scheduler/framework/plugins/names/names.go';

/** The reasons that the source computes, so that the scan can't read them. */
const COMPUTED: Readonly<Record<string, Computed>> = {
  [`${JOB}: finishedCond.Reason`]: {
    type: 'Warning',
    reasons: {
      BackoffLimitExceeded: [JOB, 'newFailureCondition(batch.JobReasonBackoffLimitExceeded,'],
      DeadlineExceeded: [JOB, 'newFailureCondition(batch.JobReasonDeadlineExceeded,'],
      FailedIndexes: [JOB, 'newFailureCondition(batch.JobReasonFailedIndexes,'],
      MaxFailedIndexesExceeded: [JOB, 'newFailureCondition(batch.JobReasonMaxFailedIndexesExceeded,'],
      PodFailurePolicy: [JOB, 'batch.JobFailureTarget, v1.ConditionTrue, batch.JobReasonPodFailurePolicy,'],
    },
  },
  [`${STATEFULSET}: fmt.Sprintf("Successful%s", cases.Title(language.English).String(verb))`]: {
    type: 'Normal',
    reasons: {
      SuccessfulCreate: [STATEFULSET, 'recordPodEvent("create",'],
      SuccessfulDelete: [STATEFULSET, 'recordPodEvent("delete",'],
      SuccessfulUpdate: [STATEFULSET, 'recordPodEvent("update",'],
    },
  },
  [`${STATEFULSET}: fmt.Sprintf("Failed%s", cases.Title(language.English).String(verb))`]: {
    type: 'Warning',
    reasons: {
      FailedCreate: [STATEFULSET, 'recordClaimEvent("create",'],
      FailedDelete: [STATEFULSET, 'recordPodEvent("delete",'],
      FailedUpdate: [STATEFULSET, 'recordPodEvent("update",'],
    },
  },
  [`${KUBELET}/cm/admission/errors.go: admissionErr.Type()`]: {
    type: 'Warning',
    reasons: {
      EmptyPodSharedPoolError: [`${KUBELET}/cm/admission/errors.go`, '"EmptyPodSharedPoolError"'],
      SMTAlignmentError: [`${KUBELET}/cm/cpumanager/policy_static.go`, '"SMTAlignmentError"'],
      TopologyAffinityError: [`${KUBELET}/cm/topologymanager/topology_manager.go`, '"TopologyAffinityError"'],
      UnexpectedAdmissionError: [`${KUBELET}/cm/admission/errors.go`, '"UnexpectedAdmissionError"'],
    },
  },
  // The names of the scheduler's plugins whose checks the kubelet repeats.
  [`${KUBELET}/lifecycle/predicate.go: re.PredicateName`]: {
    type: 'Warning',
    reasons: {
      NodeAffinity: [PLUGINS, '"NodeAffinity"'],
      NodeName: [PLUGINS, '"NodeName"'],
      NodePorts: [PLUGINS, '"NodePorts"'],
      TaintToleration: [PLUGINS, '"TaintToleration"'],
    },
  },
  // `OutOf` and an extended resource's name, such as OutOfexample.com/gpu: as many as there are such
  // resources.
  [`${KUBELET}/lifecycle/predicate.go: fmt.Sprintf("%s%s", InsufficientResourcePrefix, re.ResourceName)`]: {
    type: 'Warning',
    reasons: {},
  },
  // The reasons of admission results, which the scan reads where these are made.
  [`${KUBELET}/kubelet.go: reason`]: { type: 'Warning', reasons: {} },
  // Handed on to nodestatus/setters.go, whose calls say the type, so that the scan reads them.
  [`${KUBELET}/kubelet_node_status.go: recordEvent`]: { type: 'Warning', reasons: {} },
  // Events and conflicts that the scan reads where they are made.
  'k8s.io/endpointslice/reconciler.go: event.Reason': { type: 'Warning', reasons: {} },
  'k8s.io/kubernetes/pkg/controller/volume/selinuxwarning/selinux_warning_controller.go: conflict.EventReason':
    {
      type: 'Normal',
      reasons: {},
    },
  // The reason of a condition that whoever may have set on the ServiceCIDR.
  [`${DEFAULT_CIDR}: currentReadyCondition.Reason`]: { type: 'Warning', reasons: {} },
};

/** Loudly skipped without Go, like the tests that need a server; never where CI is set. */
async function skipWithoutGo(): Promise<string | false> {
  if (await hasGoToolchain(process.env)) return false;
  const reason = "There is no Go toolchain here to get Kubernetes' source with. Install it (1.26 or newer).";
  if (process.env['CI']) throw new Error(`${reason} Tests must not be skipped where CI is set.`);
  process.stderr.write(
    `\n!!! SKIPPED: the reason catalogue's test against Kubernetes' source. ${reason}\n\n`,
  );
  return reason;
}

/** Where the pinned modules' source is; Go gets what is not in its cache. */
async function modules(paths: readonly string[]): Promise<readonly GoModule[]> {
  await using folder = temporaryFolder('reasons-source');
  // On a copy: with arguments, the command may add sums to go.sum, whose hash names the servers' cache.
  for (const file of ['go.mod', 'go.sum']) await copyFile(join(PIN, file), join(folder.path, file));
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', ...paths], {
    cwd: folder.path,
    maxBuffer: 2 ** 24,
  });
  const found: { Path: string; Dir: string }[] = JSON.parse(`[${stdout.trim().replaceAll('}\n{', '},{')}]`);
  assert.deepEqual(found.map(module => module.Path).sort(), [...paths].sort());
  return found.map(module => ({ path: module.Path, folder: module.Dir }));
}

function componentsAt(file: string): readonly string[] {
  const prefixes = Object.keys(COMPONENTS).filter(prefix => file.startsWith(prefix));
  const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? [] : (COMPONENTS[longest] ?? []);
}

describe("the catalogue against Kubernetes' source", { skip: await skipWithoutGo() }, () => {
  let all: readonly GoModule[] = [];
  let searched: readonly GoModule[] = [];
  let scan: SourceScan = { occurrences: [], computed: [] };
  let occurrences: readonly Occurrence[] = [];

  before(async () => {
    all = await modules([...SEARCHED, ...CONSTANTS]);
    searched = all.filter(module => SEARCHED.includes(module.path));
    scan = scanModules(
      searched,
      all.filter(module => CONSTANTS.includes(module.path)),
    );
    const computed = Object.entries(COMPUTED).flatMap(([at, { type, reasons }]) =>
      Object.keys(reasons).map(reason => ({ reason, type, file: at.slice(0, at.indexOf(': ')) })),
    );
    const read = scan.occurrences.filter(({ reason }) => NOT_EVENTS[reason] === undefined);
    occurrences = [...read, ...computed];
  });

  test('every reason of the source is in the catalogue, for the component that uses it', t => {
    const missing = occurrences.filter(
      ({ reason, file }) =>
        !KUBERNETES_REASONS.some(
          entry =>
            entry.reason === reason &&
            entry.components.some(component => componentsAt(file).includes(component)),
        ),
    );
    assert.deepEqual(
      missing.map(({ reason, type, file }) => `${reason} (${type}) in ${file}`),
      [],
      'add these to the catalogue, or their folder to COMPONENTS',
    );
    const inSource = new Set(occurrences.map(({ reason }) => reason)).size;
    const inCatalogue = new Set(KUBERNETES_REASONS.map(({ reason }) => reason)).size;
    t.diagnostic(`${inSource} reasons in the source, ${inCatalogue} in the catalogue`);
    assert.equal(inCatalogue, inSource);
  });

  test('every reason of the catalogue is in the source of each of its components, with its type', () => {
    const wrong: string[] = [];
    for (const { reason, components, type } of KUBERNETES_REASONS) {
      for (const component of components) {
        const found = occurrences.filter(
          occurrence => occurrence.reason === reason && componentsAt(occurrence.file).includes(component),
        );
        // Where the source leaves the type open, both can be.
        const types = new Set(found.flatMap(occurrence => occurrence.type ?? ['Normal', 'Warning']));
        const inSource = types.size === 2 ? 'both' : [...types][0];
        if (inSource !== type)
          wrong.push(`${reason} of ${component}: ${type}, but ${inSource ?? 'not there'} in the source`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('what the source computes is listed, and each reason of it is proved', async () => {
    assert.deepEqual(scan.computed, Object.keys(COMPUTED).sort());
    for (const { reasons } of Object.values(COMPUTED)) {
      for (const [reason, [file, text]] of Object.entries(reasons)) {
        const module = searched.find(({ path }) => file.startsWith(`${path}/`));
        assert.ok(module !== undefined, file);
        const source = await readFile(join(module.folder, file.slice(module.path.length)), 'utf8');
        assert.ok(source.includes(text), `${reason}: ${file} no longer has ${text}`);
      }
    }
  });

  test('every constant of the packages of reasons is in the catalogue, so the scan has missed none of them', () => {
    const kubernetes = searched.find(({ path }) => path === 'k8s.io/kubernetes');
    assert.ok(kubernetes !== undefined);
    for (const folder of REASON_PACKAGES) {
      const reasons: readonly string[] = [...stringConstants(join(kubernetes.folder, folder)).values()];
      assert.ok(reasons.length > 10, `${folder} has ${reasons.length} reasons`);
      assert.deepEqual(
        reasons.filter(reason => !isKnownReason(reason)),
        [],
      );
    }
  });

  test('the components bear the names that the source gives them', () => {
    const names = namesIn(all);
    const components = new Set(KUBERNETES_REASONS.flatMap(entry => entry.components));
    assert.deepEqual(
      [...components].filter(component => !names.has(component)),
      [],
    );
  });

  test('what is gone is not in the source, and what is passed over still is', () => {
    const inSource = new Set(occurrences.map(({ reason }) => reason));
    assert.deepEqual(
      FORMER_REASONS.filter(({ reason }) => inSource.has(reason)),
      [],
    );
    const scanned = new Set(scan.occurrences.map(({ reason }) => reason));
    assert.deepEqual(
      Object.keys(NOT_EVENTS).filter(reason => !scanned.has(reason)),
      [],
    );
  });
});
