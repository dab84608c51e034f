/** A role: the right time, from time servers. */
import { Secret, defineRole } from 'coxswain'
import {
  directory,
  file,
  osRelease,
  packages,
  query,
  service,
  serviceRestart,
  timezone,
} from 'coxswain/tasks'
import { chronyText, layoutOf, timesyncdText } from './configuration.ts'
import { clientOf, params } from './params.ts'
import type { Params } from './params.ts'

export { params } from './params.ts'

/** What the host has of time services, one a line. */
const services = query(
  {
    run: `command -v chronyd >/dev/null && echo chrony
for f in /lib/systemd /usr/lib/systemd; do [ -x $f/systemd-timesyncd ] && echo timesyncd && break; done
true`,
  },
  { title: 'time services that the host has' },
)

const folder = '/etc/systemd/timesyncd.conf.d'

/** The service, and one that another program must not have beside it. */
const state = ({ enabled }: Params, name: string) =>
  service({ name, state: enabled ? 'started' : 'stopped', enabled })
const off = (name: string) => service({ name, state: 'stopped', enabled: false })

/** Sets time servers and the time zone of a host. */
export const time = defineRole({
  name: 'time',
  description: 'Sets the time servers of a host, with chrony or systemd-timesyncd, and its time zone.',
  params,
  example: { servers: ['ntp1.example.org', 'ntp2.example.org'], timezone: 'Europe/Berlin' },
  facts: { os: osRelease({}), services },
  tasks: (given, { os, services: { lines } }) => {
    const client = clientOf(given, lines)
    const zone =
      given.timezone === undefined ? [] : [packages({ name: 'tzdata' }), timezone({ name: given.timezone })]
    if (client === 'timesyncd')
      return [
        ...zone,
        ...(os.family.includes('debian') ? [packages({ name: 'systemd-timesyncd' })] : []),
        directory({ path: folder, mode: '0755' }),
        file(
          { path: `${folder}/time.conf`, content: timesyncdText(given), mode: '0644' },
          { notify: 'restart' },
        ),
        state(given, 'systemd-timesyncd'),
      ]
    const layout = layoutOf(os.family)
    // where two could run beside chrony; on Debian its package replaces the others
    const others = os.family.includes('debian') ? [] : ['ntpd', 'openntpd']
    return [
      ...zone,
      ...(given.removeOthers ? others.map(off) : []),
      packages({ name: 'chrony' }),
      ...(given.keys.length > 0
        ? [
            file(
              {
                path: layout.keys,
                content: new Secret(
                  given.keys.map(({ id, type, key }) => `${id} ${type} ${key.reveal()}\n`).join(''),
                ),
                owner: 'root',
                group: layout.group,
                mode: '0640',
              },
              { notify: 'restart' },
            ),
          ]
        : []),
      file(
        {
          path: layout.conf,
          content: chronyText(given, layout),
          mode: '0644',
          validate: 'chronyd -p -f %s',
        },
        { notify: 'restart' },
      ),
      state(given, layout.service),
    ]
  },
  handlers: (given, { os, services: { lines } }) => ({
    restart: serviceRestart(
      { name: clientOf(given, lines) === 'timesyncd' ? 'systemd-timesyncd' : layoutOf(os.family).service },
      { when: () => given.enabled },
    ),
  }),
})
