import { scripted } from '../../engine/connection/scripted.ts'
import type { Script, ScriptedConnection } from '../../engine/connection/scripted.ts'

/** A scripted host at some distance. */
export interface DistantHost extends ScriptedConnection {
  /** How often somebody had to wait for it: requests that were sent before an answer came share a round trip. */
  roundTrips(): number
  /** Characters that were sent to it. */
  sentSize(): number
}

/** A host that answers a round trip after it was asked: all that is sent until then is answered together. */
export const distant = (script: Script): DistantHost => {
  const near = scripted(script)
  const onTheWay: (() => void)[] = []
  let trips = 0
  return {
    ...near,
    roundTrips: () => trips,
    sentSize: () => near.log.reduce((size, entry) => size + entry.script.length + entry.stdin.length, 0),
    execute: (request) =>
      new Promise((resolve, reject) => {
        onTheWay.push(() => void near.execute(request).then(resolve, reject))
        if (onTheWay.length > 1) return
        setImmediate(() => {
          trips += 1
          for (const arrive of onTheWay.splice(0)) arrive()
        })
      }),
  }
}
