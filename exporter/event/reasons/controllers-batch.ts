import { reasonsOf } from './reason.ts';

/** Jobs and CronJobs. */
export const CONTROLLERS_BATCH_REASONS = [
  ...reasonsOf(['job-controller'], {
    Completed: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The Job finished with success.',
      check: 'Nothing to do.',
    },
    Suspended: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The Job is suspended: its pods are ended.',
      check: 'Check spec.suspend: kubectl get job NAME -n NAMESPACE -o yaml.',
    },
    Resumed: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The Job goes on after a suspension.',
      check: 'Nothing to do.',
    },
    BackoffLimitExceeded: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Job failed: its pods failed more often than backoffLimit allows.',
      check: "Read a failed pod's log: kubectl logs -n NAMESPACE -l job-name=NAME.",
    },
    DeadlineExceeded: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Job failed: it was active longer than activeDeadlineSeconds.',
      check: 'Compare the deadline with how long the work takes: kubectl describe job NAME -n NAMESPACE.',
    },
    PodFailurePolicy: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Job failed at once because its podFailurePolicy says so for this failure.',
      check: 'The message names the pod, container and exit code: kubectl describe job NAME -n NAMESPACE.',
    },
    MaxFailedIndexesExceeded: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The indexed Job failed: more indexes failed than maxFailedIndexes allows.',
      check: "See which: kubectl get job NAME -n NAMESPACE -o jsonpath='{.status.failedIndexes}'.",
    },
    FailedIndexes: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The indexed Job ended with failed indexes.',
      check: "See which: kubectl get job NAME -n NAMESPACE -o jsonpath='{.status.failedIndexes}'.",
    },
    TooManySucceededPods: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'More pods succeeded than spec.completions asks for.',
      check:
        'Check whether running the work twice does harm: kubectl get pods -n NAMESPACE -l job-name=NAME.',
    },
    UnknownCompletionMode: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The Job has a completionMode that this controller does not know, so it is left alone.',
      check: 'Check spec.completionMode: kubectl get job NAME -n NAMESPACE -o yaml.',
    },
    WorkloadCreated: {
      type: 'Normal',
      severity: 'info',
      meaning: 'A Workload object for gang scheduling was created for the Job.',
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['cronjob-controller'], {
    SuccessfulCreate: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The CronJob created a Job.',
      check: 'Nothing to do.',
    },
    SuccessfulDelete: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The CronJob deleted a Job: its history is full or it was replaced.',
      check: 'Nothing to do.',
    },
    SawCompletedJob: {
      type: 'Normal',
      severity: 'info',
      meaning: 'A Job of the CronJob ended; the message says whether it completed or failed.',
      check: 'If it failed, read its log: kubectl logs -n NAMESPACE -l job-name=JOB.',
    },
    FailedCreate: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The CronJob could not create its Job, so this run is missed or late.',
      check:
        'Read the message for a quota, webhook or a name that is too long: kubectl describe cronjob NAME -n NAMESPACE.',
    },
    FailedDelete: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The CronJob could not delete an old Job.',
      check: 'Read the message for rights or webhooks: kubectl get jobs -n NAMESPACE.',
    },
    FailedGet: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The CronJob could not read a Job of its own.',
      check: "Check the API server's health: kubectl get --raw /readyz.",
    },
    JobAlreadyActive: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'A run was left out because the one before still runs and concurrencyPolicy is Forbid.',
      check: 'Check how long the runs take: kubectl get jobs -n NAMESPACE.',
    },
    MissSchedule: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A run was not started within startingDeadlineSeconds.',
      check:
        'Check whether the controller manager was down, and the deadline: kubectl describe cronjob NAME -n NAMESPACE.',
    },
    TooManyMissedTimes: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'More than 100 runs were missed since the last one.',
      check:
        'Check for a suspension, an outage or clock skew, and set startingDeadlineSeconds: kubectl describe cronjob NAME -n NAMESPACE.',
    },
    MissingJob: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'A Job that the CronJob holds to be active is gone; somebody else deleted it.',
      check: 'Check who deletes Jobs: kubectl get jobs -n NAMESPACE.',
    },
    UnexpectedJob: {
      type: 'Warning',
      severity: 'notice',
      meaning: "An active Job bears the CronJob's ownership but was not noted by it.",
      check: 'Look at its owner references: kubectl get jobs -n NAMESPACE -o yaml.',
    },
    UnknownTimeZone: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'spec.timeZone is no known zone, so nothing is started.',
      check: 'Use an IANA name such as Europe/Berlin: kubectl get cronjob NAME -n NAMESPACE -o yaml.',
    },
    UnparseableSchedule: {
      type: 'Warning',
      severity: 'critical',
      meaning: "spec.schedule can't be read, so nothing is started.",
      check: 'Check the five fields of the schedule: kubectl get cronjob NAME -n NAMESPACE -o yaml.',
    },
    UnParseableCronJobSchedule: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The changed spec.schedule can't be read, so nothing is started.",
      check: 'Check the five fields of the schedule: kubectl get cronjob NAME -n NAMESPACE -o yaml.',
    },
    InvalidSchedule: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'spec.schedule names a time that never comes, such as 31 February.',
      check: 'Check the five fields of the schedule: kubectl get cronjob NAME -n NAMESPACE -o yaml.',
    },
    UnsupportedSchedule: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The schedule sets its zone by TZ or CRON_TZ, which is not supported.',
      check: 'Use spec.timeZone instead: kubectl get cronjob NAME -n NAMESPACE -o yaml.',
    },
  }),
];
