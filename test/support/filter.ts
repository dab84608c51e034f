/** Selects tests by `--filter`. */

/** The environment variable in which `main.ts` passes the filter to the processes that run files. */
export const filterVariable = 'COXSWAIN_TEST_FILTER'

/**
 * Returns whether a test is chosen, by its full name `suite: test`.
 *
 * @param filter part of the name, or `/REGEXP/` with flags; by default every test is chosen.
 * @throws when the regular expression is malformed.
 */
export const filterOf = (filter: string | undefined): ((fullName: string) => boolean) => {
  if (filter === undefined) return () => true
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/.exec(filter) ?? []
  if (source === undefined) return (name) => name.includes(filter)
  const pattern = new RegExp(source, flags)
  return (name) => pattern.test(name)
}
