import {
  type CombinationFault,
  connectionFaults,
  exclusiveFaults,
  fault,
  fileFaults,
  type Given,
  givenIn,
  variableFaults,
} from '../../exporter/config/combinations.ts';
import { type ConfigForm, loadForm } from '../../exporter/config/form.ts';
import { type NotifyConfig, notifyConfigSchema, type ServiceType, serviceTypes } from './config.ts';

/** Keys of a receiver that only some services have a use for. */
const ownKeys: Readonly<Record<string, readonly ServiceType[]>> = {
  url: ['webhook'],
  secretFile: ['dingtalk', 'feishu', 'lark'],
  secretEnv: ['dingtalk', 'feishu', 'lark'],
  bearerTokenFile: ['webhook'],
  bearerTokenEnv: ['webhook'],
  format: ['dingtalk'],
  keyword: ['dingtalk', 'feishu', 'lark'],
  at: ['dingtalk', 'feishu', 'lark', 'wecom', 'slack'],
  'at.mobiles': ['dingtalk'],
  'at.all': ['dingtalk', 'feishu', 'lark', 'slack'],
  'at.here': ['slack'],
};

const form: ConfigForm<typeof notifyConfigSchema> = {
  schema: notifyConfigSchema,
  flags: [],
  example: 'receivers: [{name: ops, type: slack, urlFile: /etc/notify/slack}]',
  combinationFaults: input => {
    const given = givenIn(input);
    const receivers = given('receivers');
    const names = Array.isArray(receivers) ? receivers.map((_, index) => `receivers.${index}`) : [];
    return [
      ...connectionFaults(given),
      ...secretFaults(given, ['bearerTokenFile', 'bearerTokenEnv']),
      ...names.flatMap((name, index) => [
        ...receiverFaults(given, name),
        ...nameFaults(given, name, names.slice(0, index)),
      ]),
    ];
  },
};

/**
 * Reads the configuration of the bridge.
 * @throws ConfigError naming file, line and column of every fault
 */
export function loadNotifyConfig(file: string): NotifyConfig {
  return loadForm(form, file, {});
}

function receiverFaults(given: Given, receiver: string): CombinationFault[] {
  const key = (name: string) => `${receiver}.${name}`;
  const type = serviceTypes.find(known => known === given(key('type')));
  // A type that is none is refused as such.
  if (type === undefined) return [];
  const urls = (type === 'webhook' ? ['urlFile', 'urlEnv', 'url'] : ['urlFile', 'urlEnv']).map(key);
  const foreign = Object.entries(ownKeys)
    .filter(([name, types]) => given(key(name)) !== undefined && !types.includes(type))
    .map(([name, types]) =>
      fault(key(name), `has no meaning for type ${type}, only for ${types.join(', ')}: remove it`),
    );
  return [
    ...foreign,
    ...(urls.some(name => given(name) !== undefined)
      ? []
      : [fault(key('type'), `needs the URL of the robot or webhook too: give urlFile or urlEnv`)]),
    ...secretFaults(given, urls),
    ...secretFaults(given, [key('secretFile'), key('secretEnv')]),
    ...secretFaults(given, [key('bearerTokenFile'), key('bearerTokenEnv')]),
    ...fileFaults(given, key('template')),
    ...(given(key('format')) === 'actionCard' && given(key('at')) !== undefined
      ? [fault(key('at'), 'an actionCard can’t mention anybody: remove it, or set format to markdown')]
      : []),
  ];
}

function secretFaults(given: Given, names: readonly string[]): CombinationFault[] {
  return [
    ...exclusiveFaults(given, names),
    ...names.filter(name => name.endsWith('File')).flatMap(name => fileFaults(given, name)),
    ...names.filter(name => name.endsWith('Env')).flatMap(name => variableFaults(given, name)),
  ];
}

function nameFaults(given: Given, receiver: string, before: readonly string[]): CombinationFault[] {
  const name = given(`${receiver}.name`);
  return before.some(other => name !== undefined && given(`${other}.name`) === name)
    ? [fault(`${receiver}.name`, `a receiver before has the name ${String(name)} already`)]
    : [];
}
