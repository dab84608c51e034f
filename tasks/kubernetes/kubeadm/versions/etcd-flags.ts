/** Flags of etcd: those that a release no longer knows, what they are called now, and those that it does not know yet. Pure. */

/** Flags by the N of the 3.N that no longer knows them, without dashes; `experimental-*` for all with this beginning. */
type Gone = Readonly<Record<number, readonly string[]>>

/**
 * Those that went: the flags in the sources of etcd (server/etcdmain, server/embed) that the release before has. Those of 3.5 are in its
 * changelog, and were refused by 3.6.5.
 */
export const etcdFlagsGone: Gone = {
  5: ['debug', 'log-output', 'log-package-levels'],
  6: [
    'enable-v2',
    'experimental-enable-v2v3',
    'proxy',
    'proxy-dial-timeout',
    'proxy-failure-wait',
    'proxy-read-timeout',
    'proxy-refresh-interval',
    'proxy-write-timeout',
  ],
  7: ['discovery', 'discovery-proxy', 'experimental-*'],
}

/** Flags that became feature gates with 3.6, by their names without `experimental-`, which no release has as a flag. */
const gates: Readonly<Record<string, string>> = {
  'compact-hash-check-enabled': 'CompactHashCheck',
  'enable-lease-checkpoint': 'LeaseCheckpoint',
  'enable-lease-checkpoint-persist': 'LeaseCheckpointPersist',
  'initial-corrupt-check': 'InitialCorruptCheck',
  'stop-grpc-service-on-defrag': 'StopGRPCServiceOnDefrag',
  'txn-mode-write-with-shared-buffer': 'TxnModeWriteWithSharedBuffer',
}

/** Flags that lost `experimental-` with 3.6, and feature gates: the help of 3.6.5, beside what it also has with it. */
const sinceSix: ReadonlySet<string> = new Set([
  'bootstrap-defrag-threshold-megabytes',
  'compact-hash-check-time',
  'compaction-batch-limit',
  'compaction-sleep-interval',
  'corrupt-check-time',
  'distributed-tracing-address',
  'distributed-tracing-instance-id',
  'distributed-tracing-sampling-rate',
  'distributed-tracing-service-name',
  'downgrade-check-time',
  'enable-distributed-tracing',
  'feature-gates',
  'memory-mlock',
  'peer-skip-client-san-verification',
  'snapshot-catchup-entries',
  'warning-apply-duration',
  'warning-unary-request-duration',
  'watch-progress-notify-interval',
])

const isAmong = (flags: readonly string[], flag: string): boolean =>
  flags.some((one) => (one.endsWith('*') ? flag.startsWith(one.slice(0, -1)) : one === flag))

/** The N of the etcd 3.N that no longer knows a flag, among those after one and up to another. */
export const etcdFlagGoneIn = (flag: string, after: number, upTo: number): number | undefined =>
  Object.entries(etcdFlagsGone)
    .map(([minor, flags]) => ({ minor: Number(minor), flags }))
    .find(({ minor, flags }) => minor > after && minor <= upTo && isAmong(flags, flag))?.minor

/** What is written in the place of a flag now, without dashes; undefined where nothing is, or where that is not known. */
export const etcdFlagNow = (flag: string): string | undefined => {
  const name = flag.replace(/^experimental-/, '')
  const gate = gates[name]
  if (gate !== undefined) return `feature-gates=${gate}=true`
  if (flag === 'debug') return 'log-level=debug'
  if (flag === 'log-output') return 'log-outputs'
  return name !== flag && sinceSix.has(name) ? name : undefined
}

/** Why etcd 3.N does not know a flag, besides that it went; undefined if it knows it, or if that is not known. */
export const etcdFlagUnknown = (flag: string, minor: number): string | undefined => {
  if (sinceSix.has(flag) && minor < 6)
    return flag === 'feature-gates' ? 'from 3.6 on' : `from 3.6 on; before, it is experimental-${flag}`
  if (gates[flag] === undefined) return undefined
  return minor < 6 ? `it is experimental-${flag}` : `it is ${etcdFlagNow(flag) ?? ''}`
}

/** The N of 3.N in the tag of an image of etcd, such as `3.7.0-0`; undefined for a tag that does not say it. */
export const etcdMinorOf = (tag: string): number | undefined => {
  const [, minor] = /^v?3\.(\d+)(?:[.\-@]|$)/.exec(tag) ?? []
  return minor === undefined ? undefined : Number(minor)
}
