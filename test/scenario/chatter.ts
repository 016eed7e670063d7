import type { KubernetesApi } from '../servers/api.ts';
import { type Occurrence, type RecordedEvent, recordNewStyle, recordOldStyle } from './recorder.ts';

/** One kind of event that is written for an object now and then, and repeats in between. */
interface Topic {
  readonly style: 'old' | 'new';
  /** What its n-th event says; the object's name changes with n. */
  readonly occurrence: (n: number) => Occurrence & { readonly action: string };
  /** How many occurrences each repeat adds: the old recorder one, the new one's heartbeat as many as there were. */
  readonly repeats: readonly number[];
}

const NODES = ['node-a', 'node-b'] as const;
const nodeOf = (n: number): string => NODES[n % NODES.length] ?? NODES[0];

const TRACE = Array.from(
  { length: 40 },
  (_, line) => `\tat shop.orders.OrderService.reserve(OrderService.java:${118 + line * 7})`,
).join('\n');

/** What the kubelet and other programs of a cluster say that no server here says by itself. */
const TOPICS: readonly Topic[] = [
  {
    style: 'old',
    repeats: [1, 1, 1, 2],
    occurrence: n => ({
      type: 'Warning',
      reason: 'Failed',
      action: '',
      message: `Failed to pull image "registry.shop.example/cart:1.15.${n}": rpc error: code = NotFound desc = failed to pull and unpack image "registry.shop.example/cart:1.15.${n}": failed to resolve reference: not found`,
      component: 'kubelet',
      host: nodeOf(n),
      object: pod('shop', `cart-6d9f7c5b8-${suffix(n)}`, 'app'),
    }),
  },
  {
    style: 'old',
    repeats: [1, 1, 1, 1, 1, 1],
    occurrence: n => ({
      type: 'Normal',
      reason: 'Pulling',
      action: '',
      message: `Pulling image "registry.shop.example/cart:1.15.${n}"`,
      component: 'kubelet',
      host: nodeOf(n),
      object: pod('shop', `cart-6d9f7c5b8-${suffix(n)}`, 'app'),
    }),
  },
  {
    style: 'old',
    repeats: [1, 1, 1],
    occurrence: n => ({
      type: 'Warning',
      reason: 'Unhealthy',
      action: '',
      message: `Liveness probe failed: Get "http://10.244.${n % 4}.${17 + n}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      component: 'kubelet',
      host: nodeOf(n),
      object: pod('payments', `payment-gateway-7c9d8f6b54-${suffix(n)}`, 'gateway'),
    }),
  },
  {
    style: 'old',
    repeats: [],
    occurrence: n => ({
      type: 'Warning',
      reason: 'FailedPostStartHook',
      action: '',
      message: `PostStartHook failed: command 'warm-up --orders' exited with 1:\njava.lang.IllegalStateException: order ${48_000 + n} is not reserved\n${TRACE}`,
      component: 'kubelet',
      host: nodeOf(n),
      object: pod('shop', `orders-5b7cd9c5f6-${suffix(n)}`, 'orders'),
    }),
  },
  {
    style: 'old',
    repeats: [1, 1],
    occurrence: n => ({
      type: 'Normal',
      reason: 'Sync',
      action: '',
      message: 'Scheduled for sync',
      component: 'nginx-ingress-controller',
      host: '',
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        name: ['storefront', 'api', 'search'][n % 3] ?? 'storefront',
        namespace: 'shop',
      },
    }),
  },
  {
    style: 'new',
    repeats: [1, 2, 4, 8],
    occurrence: n => ({
      type: 'Warning',
      reason: 'UpdateFailed',
      action: 'Refresh',
      message: `error processing spec.data[0] (key: payments/stripe-${n}), err: "secret store is sealed" — Zugriff verweigert, повторите позже, 稍后重试 🔒`,
      component: 'external-secrets',
      host: 'external-secrets-7f8b9c4d5-kq2mz',
      object: {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        name: `stripe-keys-${n}`,
        namespace: 'payments',
      },
    }),
  },
  {
    style: 'new',
    repeats: [1],
    occurrence: n => ({
      type: 'Normal',
      reason: 'Issuing',
      action: 'Reconcile',
      message: `Renewing certificate as renewal was scheduled at 2026-11-0${1 + (n % 9)} 04:12:09 +0000 UTC`,
      component: 'cert-manager-certificates-trigger',
      host: 'cert-manager-cainjector-6b7d8c9f4-x7r2p',
      object: {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        name: `shop-tls-${n}`,
        namespace: 'ingress-nginx',
      },
    }),
  },
  {
    style: 'new',
    repeats: [1, 13],
    occurrence: n => ({
      type: 'Warning',
      reason: 'SystemOOM',
      action: 'Observe',
      message: `System OOM encountered, victim process: node, pid: ${30_000 + n * 13}`,
      component: 'kubelet',
      host: nodeOf(n),
      object: { apiVersion: 'v1', kind: 'Node', name: nodeOf(n) },
    }),
  },
];

function pod(namespace: string, name: string, container: string): Occurrence['object'] {
  return { apiVersion: 'v1', kind: 'Pod', name, namespace, fieldPath: `spec.containers{${container}}` };
}

/** Five characters as Kubernetes draws them for pod names, the same for the same n. */
function suffix(n: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, (_, place) => alphabet[(n * 7 + place * 11 + 3) % alphabet.length]).join(
    '',
  );
}

/** Writes events of both styles and repeats them, a few with each call of `say`. */
export class Chatter {
  readonly #api: KubernetesApi;
  readonly #repeating: { event: RecordedEvent; left: number[] }[] = [];
  #said = 0;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  /** Writes `events` new ones and repeats every one that isn't through with its repeats, once. */
  async say(events: number): Promise<void> {
    for (const entry of this.#repeating) {
      const times = entry.left.shift();
      if (times !== undefined) await entry.event.repeat(times);
    }
    for (let written = 0; written < events; written += 1) {
      const topic = TOPICS[this.#said % TOPICS.length];
      if (topic === undefined) return;
      const occurrence = topic.occurrence(Math.floor(this.#said / TOPICS.length));
      this.#said += 1;
      const event =
        topic.style === 'new'
          ? await recordNewStyle(this.#api, occurrence)
          : await recordOldStyle(this.#api, occurrence);
      this.#repeating.push({ event, left: [...topic.repeats] });
    }
  }
}
