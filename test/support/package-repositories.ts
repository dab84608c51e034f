/** Package repositories in a folder of a real host, whose network leads nowhere. */
import type { RealHost } from './real-host.ts'

/** A package with a file of settings, `/etc/NAME.conf`, that tells its version. */
export interface Published {
  readonly name: string
  readonly version: string
  /** Another package that it recommends. */
  readonly recommends?: string
}

/** Adds packages to the folder, and makes its list anew. */
export type Publish = (folder: string, ...packages: readonly Published[]) => Promise<unknown>

/** What dpkg-deb makes, listed as in a flat repository of apt's. */
export const publishDebs =
  (host: RealHost): Publish =>
  (folder, ...packages) =>
    host.sh(
      packages.reduce(
        (script, { name, version, recommends }) =>
          `${script}
rm -rf p; mkdir -p p/DEBIAN p/etc; echo v=${version} >p/etc/${name}.conf; echo /etc/${name}.conf >p/DEBIAN/conffiles
printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' ${recommends === undefined ? '' : `'Recommends: ${recommends}'`} \\
  'Maintainer: x <x@example.com>' 'Description: x' >p/DEBIAN/control
dpkg-deb -b p ${name}_${version}.deb >/dev/null
{ cat p/DEBIAN/control; echo 'Filename: ./${name}_${version}.deb'; echo "Size: $(stat -c %s ${name}_${version}.deb)"
  echo "SHA256: $(sha256sum ${name}_${version}.deb | cut -d' ' -f1)"; echo; } >>Packages`,
        `set -e; mkdir -p ${folder}; cd ${folder}`,
      ),
    )

/** What rpmbuild makes, listed by createrepo_c. */
export const publishRpms =
  (host: RealHost): Publish =>
  (folder, ...packages) =>
    host.sh(
      `${packages.reduce(
        (script, { name, version, recommends }) =>
          `${script}
printf '%s\\n' 'Name: ${name}' 'Version: ${version}' 'Release: 1' 'Summary: x' 'License: none' 'BuildArch: noarch' \\
  ${recommends === undefined ? '' : `'Recommends: ${recommends}'`} '%description' x '%install' 'mkdir -p %{buildroot}/etc' \\
  'echo v=${version} >%{buildroot}/etc/${name}.conf' '%files' '%config /etc/${name}.conf' >/tmp/${name}.spec
rpmbuild -bb --quiet --define '_rpmdir ${folder}' --define '_topdir /tmp/rpmbuild' /tmp/${name}.spec`,
        `set -e; mkdir -p ${folder}`,
      )}
createrepo_c -q ${folder}`,
    )
