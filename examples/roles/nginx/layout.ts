/** Where families of distributions have the files of nginx. Pure. */

/** The paths of a family. */
export interface Layout {
  readonly user: string
  /** Undefined where the compiled path is the one that the service expects. */
  readonly pid: string | undefined
  readonly modules: string
  /** The folder of the files of sites. */
  readonly sites: string
  /** The folder with links to those that are served, where there is one. */
  readonly enabled: string | undefined
  /** What nginx.conf includes. */
  readonly includes: readonly string[]
  /** The sites that the package brings. */
  readonly defaults: readonly string[]
}

/** By family; a family is in os-release(5). */
export const layoutOf = (family: readonly string[]): Layout => {
  if (family.includes('debian'))
    return {
      user: 'www-data',
      pid: '/run/nginx.pid',
      modules: '/etc/nginx/modules-enabled/*.conf',
      sites: '/etc/nginx/sites-available',
      enabled: '/etc/nginx/sites-enabled',
      includes: ['/etc/nginx/conf.d/*.conf', '/etc/nginx/sites-enabled/*'],
      defaults: ['/etc/nginx/sites-enabled/default', '/etc/nginx/conf.d/default.conf'],
    }
  const folder = family.includes('alpine') ? '/etc/nginx/http.d' : '/etc/nginx/conf.d'
  return {
    user: 'nginx',
    pid: family.includes('alpine') ? undefined : '/run/nginx.pid',
    modules: family.includes('alpine') ? '/etc/nginx/modules/*.conf' : '/usr/share/nginx/modules/*.conf',
    sites: folder,
    enabled: undefined,
    includes: [`${folder}/*.conf`],
    defaults: [`${folder}/default.conf`],
  }
}

const tested = (make: string): string =>
  `t=$(mktemp) && ${make} >"$t" && nginx -t -q -c "$t"; s=$?; rm -f "$t"; [ "$s" = 0 ]`

/** Tests a new nginx.conf alone: sites can need an upstream that it no longer has, until they are written too. */
export const testsMain = tested("sed '/# sites$/d' %s")

/** Tests a new file of a site alone, with the nginx.conf of the host. */
export const testsSite = tested(
  "{ sed -e '/# sites$/d' -e '$d' /etc/nginx/nginx.conf && echo include %s';' && echo '}'; }",
)
