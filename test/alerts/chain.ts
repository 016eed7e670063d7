import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { DingTalkRobot } from '../fakes/dingtalk.ts';
import { FeishuRobot } from '../fakes/feishu.ts';
import { WeComRobot } from '../fakes/wecom.ts';
import { startAlertmanager } from '../servers/alertmanager.ts';
import { type Notify, startNotify } from '../servers/notify.ts';
import { freePort } from '../servers/port.ts';
import { type Ruler, startRuler } from '../servers/ruler.ts';
import { alertmanagerFiles, type Given } from './configured-alertmanager.ts';
import { quickRules } from './stage.ts';

/** Loki's ruler, Alertmanager with our configuration, the bridge, and the robots of chats. */
export interface Chain extends AsyncDisposable {
  readonly ruler: Ruler;
  readonly bridge: Notify;
  /** Every severity's. */
  readonly feishu: Readonly<Record<'critical' | 'warning' | 'info', FeishuRobot>>;
  /** For what is critical as well. */
  readonly wecom: WeComRobot;
  /** For what is of no importance as well, and for `Watchdog`. */
  readonly dingtalk: DingTalkRobot;
  /** For namespaces that begin with `storm-`. */
  readonly storms: DingTalkRobot;
}

const secret = 'SEC0123456789abcdef';
/** Where nothing is: only links name it. */
export const grafana = 'https://grafana.example.com';
export const runbooks = 'https://runbooks.example.com/events';

/**
 * Long enough for all of a storm to be evaluated, short enough for a test. Alertmanager gives up a message after the interval,
 * and the bridge waits for its turn: a robot takes five a second.
 */
const grouping = { wait: '10s', interval: '15s', repeat: '4h' } as const;

function given(port: number): Given {
  return {
    grafana,
    runbooks,
    notifications: {
      bridge: { url: `http://127.0.0.1:${port}` },
      receivers: {
        critical: { feishu: { name: 'feishu-critical' }, wecom: { name: 'wecom' } },
        warning: { feishu: { name: 'feishu-warning' } },
        info: { feishu: { name: 'feishu-info' }, dingtalk: { name: 'dingtalk' } },
        watchdog: { dingtalk: { name: 'dingtalk-watchdog' } },
        storms: { dingtalk: { name: 'storms' } },
      },
      routes: { critical: 'critical', warning: 'warning', info: 'info', watchdog: 'watchdog' },
      namespaces: [{ namespaces: ['storm-.*'], warning: 'storms' }],
      grouping: { critical: grouping, warning: grouping, info: grouping },
    },
  };
}

/** Starts a chain. @throws Error where a part of it doesn't start */
export async function startChain(): Promise<Chain> {
  await using stack = new AsyncDisposableStack();
  const robot = async <R extends { start(): Promise<void>; stop(): Promise<void> }>(one: R) => {
    await one.start();
    stack.defer(() => one.stop());
    return one;
  };
  const feishu = {
    critical: await robot(new FeishuRobot({ secret })),
    warning: await robot(new FeishuRobot({ secret })),
    info: await robot(new FeishuRobot({ secret })),
  };
  const wecom = await robot(new WeComRobot());
  const dingtalk = await robot(new DingTalkRobot({ secret }));
  const storms = await robot(new DingTalkRobot({ secret, keyword: 'K8s' }));
  const robots = {
    'feishu-critical': { type: 'feishu', url: feishu.critical.url, signed: true },
    'feishu-warning': { type: 'feishu', url: feishu.warning.url, signed: true },
    'feishu-info': { type: 'feishu', url: feishu.info.url, signed: true },
    wecom: { type: 'wecom', url: wecom.url },
    dingtalk: { type: 'dingtalk', url: dingtalk.url, signed: true },
    'dingtalk-watchdog': { type: 'dingtalk', url: dingtalk.url, signed: true },
    storms: { type: 'dingtalk', url: storms.url, signed: true, keyword: 'K8s' },
  } as const;

  // The ruler tells Alertmanager, that one the bridge, and the bridge asks Loki.
  const port = await freePort();
  const alertmanager = stack.use(
    await startAlertmanager(alertmanagerFiles(rulesConfigSchema.parse(given(port)))),
  );
  const config = quickRules('3s', { ...given(port), heartbeat: true });
  const files = { 'kube-events.yaml': rulerFile(renderRules(config), config) };
  const ruler = stack.use(await startRuler({ files, alertmanagerUrl: alertmanager.url }));
  const urls = Object.entries(robots).map(([name, { url }]) => [name, url] as const);
  const bridge = stack.use(
    await startNotify({
      port,
      files: { ...Object.fromEntries(urls), secret },
      config: {
        loki: { url: ruler.url },
        grafana: { url: grafana },
        receivers: Object.entries(robots).map(([name, { type, ...rest }]) => ({
          name,
          type,
          urlFile: `FOLDER/${name}`,
          ...('signed' in rest && { secretFile: 'FOLDER/secret' }),
          ...('keyword' in rest && { keyword: rest.keyword }),
        })),
      },
    }),
  );
  const owned = stack.move();
  return {
    ruler,
    bridge,
    feishu,
    wecom,
    dingtalk,
    storms,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
