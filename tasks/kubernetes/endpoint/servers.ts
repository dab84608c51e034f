/** The API servers in kubeconfigs, as the text has them: no other byte of it changes. Pure. */
import { isSameValue } from '../../network/addresses/same-value.ts'

/** `server: https://…`, also in JSON. */
const serverField = /(\bserver["']?[ \t]*:[ \t]*["']?https:\/\/)(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d+)?/g

/** Whether two endpoints are the same, however they are written. */
export const isSameEndpoint = (one: string, other: string): boolean =>
  isSameValue(one.toLowerCase(), other.toLowerCase())

/** Whether an endpoint is one of several. */
export const isOneOf = (endpoint: string, several: readonly string[]): boolean =>
  several.some((one) => isSameEndpoint(one, endpoint))

/** The endpoints that a kubeconfig names, such as `10.0.0.10:6443`. */
export const endpointsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(serverField)].map(([, , host = '', port = ':443']) => `${host}${port}`)),
]

/** A kubeconfig in which `to` is in the place of each endpoint of `from`. */
export const withEndpoint = (
  text: string,
  { from, to }: { readonly from: readonly string[]; readonly to: string },
): string =>
  text.replaceAll(serverField, (field: string, start: string, host: string, port: string | undefined) =>
    isOneOf(`${host}${port ?? ':443'}`, from) ? `${start}${to}` : field,
  )
