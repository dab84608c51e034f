import { isSecret } from '../secret.ts'
import { Scalar } from './scalar.ts'
import { isSealed } from './secrets/sealed.ts'

/** Whether a value has a text with expressions that are not evaluated, at any depth. */
export const holdsExpression = (written: unknown): boolean => {
  if (written instanceof Scalar) return written.template && written.failure === undefined
  if (Array.isArray(written)) return written.some(holdsExpression)
  if (typeof written !== 'object' || written === null || isSealed(written) || isSecret(written)) return false
  return Object.values(written).some(holdsExpression)
}
