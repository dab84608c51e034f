#!/bin/bash
# Prints the root file system of a host with programs that tasks call, as a tar: logrotate, at, Python with venv, npm and gem from
# Debian's packages, and a repository of each language on the host itself, as hosts of tests do not have a network.
#
#   build.sh WORK_DIR > rootfs.tar
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}")
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,procps,logrotate,at,python3-venv,ruby,npm bookworm "$root" >&2

# packages of Python: wheels of the layout of PEP 427, with the versions 1.0 and 2.0
mkdir -p "$root/srv/wheels" "$root/srv/gems" "$root/srv/npm"
chroot "$root" python3 - >&2 <<'PYTHON'
import zipfile
for name in ("plum", "pear"):
    for version in ("1.0", "2.0"):
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(f"/srv/wheels/{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", f"version = '{version}'\n")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
PYTHON
printf '[global]\nno-index = true\nfind-links = /srv/wheels\n' >"$root/etc/pip.conf"

# gems, and the index that `gem install` reads
# shellcheck disable=SC2016 # the shell in the root file system expands it
chroot "$root" sh -c 'cd /srv/gems && mkdir gems && for v in 1.0 2.0; do
  printf "Gem::Specification.new { |s| s.name = %s; s.version = %s; s.summary = %s; s.authors = [%s]; s.homepage = %s; s.license = %s; s.files = [] }\n" \
    "\"plum\"" "\"$v\"" "\"x\"" "\"x\"" "\"https://example.com\"" "\"MIT\"" >plum.gemspec
  gem build -q plum.gemspec && mv plum-$v.gem gems/
done; rm plum.gemspec; gem generate_index -d /srv/gems' >&2
printf -- '---\n:sources:\n- file:///srv/gems/\n' >"$root/etc/gemrc"

# a registry of npm: what it answers for a package, and the archives
# shellcheck disable=SC2016 # the shell in the root file system expands it
chroot "$root" sh -c 'cd /srv/npm && for v in 1.0.0 2.0.0; do
  mkdir package && printf "{\"name\":\"plum\",\"version\":\"$v\",\"main\":\"index.js\"}" >package/package.json && echo "module.exports = 1" >package/index.js
  tar -czf plum-$v.tgz package && rm -r package
done' >&2
cat >"$root/srv/npm/server.js" <<'JS'
const { createServer } = require('node:http')
const { createHash } = require('node:crypto')
const { readFileSync } = require('node:fs')
const versions = Object.fromEntries(
  ['1.0.0', '2.0.0'].map((version) => {
    const file = readFileSync(`/srv/npm/plum-${version}.tgz`)
    const integrity = `sha512-${createHash('sha512').update(file).digest('base64')}`
    return [version, { name: 'plum', version, dist: { tarball: `http://127.0.0.1:4873/plum-${version}.tgz`, integrity } }]
  }),
)
createServer((request, response) => {
  if (request.url.endsWith('.tgz')) return response.end(readFileSync(`/srv/npm${request.url}`))
  if (request.url !== '/plum') return response.writeHead(404).end('{}')
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ name: 'plum', 'dist-tags': { latest: '2.0.0' }, versions }))
}).listen(4873, '127.0.0.1')
JS
cat >"$root/etc/systemd/system/registry.service" <<'UNIT'
[Service]
ExecStart=/usr/bin/node /srv/npm/server.js
[Install]
WantedBy=multi-user.target
UNIT
printf 'registry=http://127.0.0.1:4873/\naudit=false\nfund=false\nupdate-notifier=false\n' >"$root/etc/npmrc"
chroot "$root" systemctl --quiet enable registry atd
chroot "$root" systemctl --quiet mask systemd-udevd systemd-udevd-control.socket systemd-udevd-kernel.socket getty.target console-getty.service systemd-logind apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer
rm -rf "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c .
rm -rf "$root"
