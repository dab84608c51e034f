import { defineTask, drift, ok, z } from 'coxswain'

const file = '/etc/systemd/journald.conf.d/size.conf'

const content = (mib: number): string => `[Journal]\nSystemMaxUse=${mib}M\n`

/** Limits how much of the disk the journal of systemd takes. */
export const journalSize = defineTask({
  name: 'journal-size',
  description: 'Limits the size of the systemd journal.',
  reads: file,
  params: z.object({ mib: z.number().int().min(8).describe('MiB that the journal may take') }),
  example: { mib: 200 },
  title: ({ mib }) => `journal of at most ${mib} MiB`,

  async check({ remote }, { mib }) {
    const current = await remote.read(file)
    return current === content(mib) ? ok() : drift({ what: file, from: current, to: content(mib) })
  },

  async apply({ remote }, { mib }) {
    await remote.run`mkdir -p ${file.replace(/\/[^/]*$/, '')}`
    await remote.write(file, content(mib), { mode: '0644' })
    await remote.run`systemctl restart systemd-journald`
  },
})
