import { nearest, z } from '../../../engine/index.ts'

/** A map of settings. A name that it does not have is an error: kubeadm would never see it, so nothing else could refuse it. */
export const settingsMap = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const known = Object.keys(shape)
      const named = issue.keys.map((key) => {
        const guess = nearest(key, known)
        return guess === undefined ? key : `${key} (did you mean ${guess}?)`
      })
      return `unknown key: ${named.join(', ')}${named.some((one) => one.includes('(')) ? '' : `; it has ${known.join(', ')}`}`
    },
  })
