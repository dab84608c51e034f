/** Made-up events of runs of any size, for the tests of the page. */
import { noOutcomes } from '../../../engine/run/events.ts'
import type { Outcome, RunEvent, TaskRef } from '../../../engine/run/events.ts'
import { commandFailed } from '../run-events.ts'

export interface MadeUpRun {
  readonly hosts: number
  readonly tasks: number
  /** Lines that each task prints; default 3. */
  readonly lines?: number
  /** One of this many hosts fails; none by default. */
  readonly failing?: number
  readonly check?: boolean
}

const begin = Date.UTC(2026, 2, 14, 9, 26)

const titles = [
  'package containerd',
  'net.ipv4.ip_forward = 1',
  'kernel module br_netfilter',
  'swap is off',
  'kubeadm configuration /etc/coxswain/kubeadm.yaml',
  'service kubelet started and enabled',
  'load balancer on port 6443',
  'certificates and keys',
]

/** The outcome of a task: mostly ok, and the same each time. */
const outcomeOf = (host: number, position: number): Outcome => {
  const dice = (host * 7 + position * 13) % 29
  if (dice === 3) return 'skipped'
  return dice % 6 === 1 ? 'changed' : 'ok'
}

const changesOf = (position: number) =>
  position % 2 === 0
    ? [
        {
          what: '/etc/coxswain/kubeadm.yaml',
          from: 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: 1.20.1\n',
          to: `apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: 1.20.2\n# ${position}\n`,
        },
      ]
    : [
        { what: 'net.ipv4.ip_forward', from: '0', to: '1' },
        { what: '/etc/sysctl.d/90.conf', from: undefined, to: 'net.ipv4.ip_forward = 1\n' },
      ]

/** Two plays: in the first, each host runs its tasks, two of them in parallel; the second has one task. */
export const madeUpRun = ({ hosts, tasks, lines = 3, failing, check = false }: MadeUpRun): RunEvent[] => {
  const names = Array.from({ length: hosts }, (_, index) => `node${String(index + 1).padStart(3, '0')}`)
  const events: RunEvent[] = []
  const counts = new Map(names.map((host) => [host, noOutcomes()]))
  const failed: string[] = []
  let id = 0
  let last = begin
  const ref = (host: string, play: number, position: number): TaskRef => ({
    id: (id += 1),
    host,
    play,
    position,
    name: 'made-up',
    title: `${titles[position % titles.length] ?? ''}${position < titles.length ? '' : ` (${position})`}`,
    role: 'task',
    handler: undefined,
    on: undefined,
  })
  const plays = ['every node is ready', 'the cluster is whole']
  events.push({
    type: 'run-start',
    time: begin,
    playbook: 'ha-masters',
    check,
    hosts: names,
    plays,
    invocation: undefined,
  })
  const counted = Object.fromEntries(names.map((host) => [host, tasks]))
  events.push({
    type: 'play-start',
    time: begin,
    play: 0,
    name: plays[0] ?? '',
    hosts: names,
    tasks: counted,
    note: undefined,
  })
  for (const [number, host] of names.entries()) {
    let time = begin + (number % 20) * 40
    const bad = failing !== undefined && number % failing === failing - 1
    for (let position = 0; position < tasks; position += 1) {
      const task = ref(host, 0, position)
      const took = 120 + ((number * 31 + position * 97) % 900)
      const fails = bad && position === Math.floor(tasks / 2)
      const usual = outcomeOf(number, position)
      const outcome = fails ? 'failed' : check && usual === 'changed' ? 'would change' : usual
      events.push({ type: 'task-start', time, task })
      for (let line = 0; line < lines; line += 1)
        events.push({
          type: 'task-output',
          time,
          task,
          stream: line % 3 === 2 ? 'stderr' : 'stdout',
          line: `${host} line ${line} of ${task.title}`,
        })
      events.push({
        type: 'task-end',
        time: time + took,
        task,
        outcome,
        changes: outcome === 'changed' || outcome === 'would change' ? changesOf(position) : [],
        why: outcome === 'skipped' ? 'its condition is false' : undefined,
        error: fails
          ? commandFailed({ host, task: task.title, message: `exit status 1 from: kubeadm join (${host})` })
          : undefined,
        seconds: took / 1000,
      })
      const own = counts.get(host)
      if (own !== undefined) own[outcome] += 1
      // every fifth task runs in parallel with the next
      time += position % 5 === 4 ? took / 2 : took
      last = Math.max(last, time + took)
      if (fails) break
    }
    if (bad) failed.push(host)
    events.push({ type: 'host-end', time, play: 0, host, standing: bad ? 'failed' : 'well' })
  }
  events.push({ type: 'play-end', time: last, play: 0, failed, note: undefined })
  const recap = names.map((host) => ({ host, counts: counts.get(host) ?? noOutcomes() }))
  events.push({
    type: 'run-end',
    time: last,
    recap,
    stopped: undefined,
    notRun: plays.slice(1),
    due: failed.length === 0 ? {} : { [failed[0] ?? '']: ['restart haproxy'] },
    forgotten: {},
    seconds: (last - begin) / 1000,
  })
  return events
}
