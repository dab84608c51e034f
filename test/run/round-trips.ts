import { scripted } from '../../engine/connection/scripted.ts'
import type { Script, ScriptedConnection } from '../../engine/connection/scripted.ts'

/** A scripted host that counts round trips. */
export interface DistantHost extends ScriptedConnection {
  /** The number of round trips: requests that are sent before an answer share one. */
  roundTrips(): number
  /** Number of characters that were sent to it. */
  sentSize(): number
}

/** Makes a host that answers after one round trip: all requests until then are answered together. */
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
