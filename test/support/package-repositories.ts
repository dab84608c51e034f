/** Package repositories in a folder of a real host without a network. */
import type { RealHost } from './real-host.ts'

/** A package with a configuration file, `/etc/NAME.conf`, that contains its version. */
export interface Published {
  readonly name: string
  readonly version: string
  /** Another package that it recommends. */
  readonly recommends?: string
  /** Another name that it provides. */
  readonly provides?: string
}

/** Adds packages to the folder, and updates its index. */
export type Publish = (folder: string, ...packages: readonly Published[]) => Promise<unknown>

/** Builds packages with dpkg-deb in a flat apt repository. */
export const publishDebs =
  (host: RealHost): Publish =>
  (folder, ...packages) =>
    host.sh(
      packages.reduce(
        (script, { name, version, recommends, provides }) =>
          `${script}
rm -rf p; mkdir -p p/DEBIAN p/etc; echo v=${version} >p/etc/${name}.conf; echo /etc/${name}.conf >p/DEBIAN/conffiles
printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' ${recommends === undefined ? '' : `'Recommends: ${recommends}'`} \\
  ${provides === undefined ? '' : `'Provides: ${provides}'`} 'Maintainer: x <x@example.com>' 'Description: x' >p/DEBIAN/control
dpkg-deb -b p ${name}_${version}.deb >/dev/null
{ cat p/DEBIAN/control; echo 'Filename: ./${name}_${version}.deb'; echo "Size: $(stat -c %s ${name}_${version}.deb)"
  echo "SHA256: $(sha256sum ${name}_${version}.deb | cut -d' ' -f1)"; echo; } >>Packages`,
        `set -e; mkdir -p ${folder}; cd ${folder}`,
      ),
    )

/** Builds packages with rpmbuild, indexed by createrepo_c. */
export const publishRpms =
  (host: RealHost): Publish =>
  (folder, ...packages) =>
    host.sh(
      `${packages.reduce(
        (script, { name, version, recommends, provides }) =>
          `${script}
printf '%s\\n' 'Name: ${name}' 'Version: ${version}' 'Release: 1' 'Summary: x' 'License: none' 'BuildArch: noarch' \\
  ${recommends === undefined ? '' : `'Recommends: ${recommends}'`} ${provides === undefined ? '' : `'Provides: ${provides}'`} '%description' x '%install' 'mkdir -p %{buildroot}/etc' \\
  'echo v=${version} >%{buildroot}/etc/${name}.conf' '%files' '%config /etc/${name}.conf' >/tmp/${name}.spec
rpmbuild -bb --quiet --define '_rpmdir ${folder}' --define '_topdir /tmp/rpmbuild' /tmp/${name}.spec`,
        `set -e; mkdir -p ${folder}`,
      )}
createrepo_c -q ${folder}`,
    )

/** Builds packages with tar, indexed by repo-add: a repository with the name of the folder, and one version of each package. */
export const publishPacman =
  (host: RealHost): Publish =>
  (folder, ...packages) =>
    host.sh(
      packages.reduce(
        (script, { name, version, provides }) =>
          `${script}
rm -rf /tmp/p; mkdir -p /tmp/p/etc; echo v=${version} >/tmp/p/etc/${name}.conf
printf '%s\\n' 'pkgname = ${name}' 'pkgbase = ${name}' 'pkgver = ${version}-1' 'pkgdesc = x' 'arch = any' 'size = 1' \\
  'builddate = 1' 'backup = etc/${name}.conf' ${provides === undefined ? '' : `'provides = ${provides}'`} >/tmp/p/.PKGINFO
tar -C /tmp/p -czf ${name}-${version}-1-any.pkg.tar.gz .PKGINFO etc
repo-add -q "\${PWD##*/}.db.tar.gz" ${name}-${version}-1-any.pkg.tar.gz >/dev/null 2>&1`,
        `set -e; mkdir -p ${folder}; cd ${folder}`,
      ),
    )

/** Creates a signing key in its own GnuPG home, and returns the public key. */
export const makeKey = (host: RealHost, home: string): Promise<string> =>
  host.sh(`mkdir -p ${home}; chmod 700 ${home}; export GNUPGHOME=${home}
gpg -q --batch --passphrase '' --quick-gen-key 'x <x@example.com>' rsa2048 sign never 2>/dev/null && gpg --armor --export`)

/** Signs a flat apt repository, and the same packages as a suite `stable` with a component `main`. */
export const signDebs = (host: RealHost, folder: string, home: string): Promise<string> =>
  host.sh(`set -e; export GNUPGHOME=${home}; cd ${folder}; mkdir -p dists/stable/main/binary-amd64
cp Packages dists/stable/main/binary-amd64/
apt-ftparchive release . >/tmp/Release; mv /tmp/Release Release
apt-ftparchive -o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Components=main \\
  -o APT::FTPArchive::Release::Architectures=amd64 release dists/stable >/tmp/Release; mv /tmp/Release dists/stable/Release
for at in . dists/stable; do gpg -q --batch --yes --clearsign -o $at/InRelease $at/Release; done`)

/** Signs every package in a folder for pacman, and adds the signatures to the index. */
export const signPacman = (host: RealHost, folder: string, home: string): Promise<string> =>
  host.sh(`set -e; export GNUPGHOME=${home}; cd ${folder}
for f in *.pkg.tar.gz; do gpg -q --batch --yes --detach-sign "$f"; repo-add -q "\${PWD##*/}.db.tar.gz" "$f" >/dev/null 2>&1; done`)

/** Signs every rpm in a folder, and updates the index. */
export const signRpms = (host: RealHost, folder: string, home: string): Promise<string> =>
  host.sh(`export GNUPGHOME=${home}
rpmsign --define '__gpg /usr/bin/gpg' --define '_gpg_name x@example.com' --addsign $(find ${folder} -name '*.rpm') >/dev/null && createrepo_c -q ${folder}`)
