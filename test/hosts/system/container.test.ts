import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { container } from '../../../tasks/system/container.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('container on real hosts')

/** An image with a shell and a few programs, made on the host, because there is no registry. */
const image = (tag: string): string => `
mkdir -p /srv/image/bin /srv/image/etc
cp /bin/sh /usr/bin/sleep /usr/bin/cat /usr/bin/env /srv/image/bin/
for f in $(ldd /bin/sh /usr/bin/sleep | grep -o '/lib[^ ]*'); do install -D "$f" "/srv/image$f"; done
echo ${tag} >/srv/image/etc/tag
tar -C /srv/image -c . | podman import -q - localhost/app:1`

for (const host of realHosts('debian')) {
  const base = {
    name: 'app',
    image: 'localhost/app:1',
    command: ['/bin/sleep', '2147483000'],
    network: 'none',
    // sleep(1) as the first process ignores other signals
    options: ['--stop-signal=SIGKILL'],
  }

  test(`${host.name}: created, recreated if it differs, stopped, started and removed`, async () => {
    // overlay cannot be mounted on overlay: the host is a container itself
    await host.sh(
      [
        'mkdir -p /etc/containers',
        `printf '[storage]\\ndriver="vfs"\\nrunroot="/run/containers/storage"\\ngraphroot="/var/lib/containers/storage"\\n' >/etc/containers/storage.conf`,
        `printf '[engine]\\nruntime="runc"\\ncgroup_manager="systemd"\\nevents_logger="file"\\n[containers]\\ndefault_ulimits=["nofile=1024:1024","nproc=1000:1000"]\\n' >/etc/containers/containers.conf`,
        image('one'),
      ].join('\n'),
    )
    await host.proves(container(base))
    const env = { PLAIN: 'a "b" \\c #d', KEY: new Secret(' hush= ') }
    const made = await host.proves(container({ ...base, env, volumes: ['/srv:/data:ro'] }))
    assert.match(String(made.changes[0]?.to), '"/srv:/data:ro"')
    assert.not.match(JSON.stringify(made.changes), 'hush')
    assert.match(await host.sh('podman exec app env'), /^KEY= hush= $/m)
    assert.match(await host.sh('podman exec app env'), /^PLAIN=a "b" \\c #d$/m)
    assert.is(await host.sh('podman exec app cat /data/image/etc/tag'), 'one\n')

    const rotated = { ...base, env: { ...env, KEY: new Secret('new') }, volumes: ['/srv:/data:ro'] }
    await host.proves(container(rotated))
    await host.proves(container({ ...rotated, state: 'stopped' }))
    await host.proves(container(rotated))
    await host.sh('podman kill app >/dev/null; podman wait app >/dev/null')
    await host.proves(container(rotated))
  })

  test(`${host.name}: a new image with the same name, and a failed creation keeps the old one`, async () => {
    await host.proves(container(base))
    await host.sh(image('two'))
    await host.proves(container(base))
    assert.is(await host.sh('podman exec app cat /etc/tag'), 'two\n')
    assert.match(await host.refuses(container({ ...base, options: ['--nonsense'] })), 'nonsense')
    assert.is(await host.sh('podman exec app cat /etc/tag'), 'two\n')
    assert.match(
      await host.refuses(container({ ...base, image: 'localhost/none:1', pull: 'never' })),
      'is not on the host',
    )
    assert.match(
      await host.refuses(
        container({
          ...base,
          name: 'short',
          command: ['/bin/sh', '-c', 'echo oh >&2; exit 3'],
          restart: 'no',
        }),
      ),
      /does not stay up|still finds/,
    )
    await host.proves(container({ name: 'short', state: 'absent' }))
    await host.proves(container({ name: 'app', state: 'absent' }))
    assert.is(await host.sh('podman ps -aq'), '')
  })

  test(`${host.name}: a container of another creator is left unchanged`, async () => {
    await host.sh('podman create -q --name app --network none localhost/app:1 /bin/sleep 5')
    assert.match(await host.refuses(container(base)), 'not created by this task')
    await host.proves(container({ name: 'app', state: 'absent' }))
  })
}
