import { z } from '../../../engine/index.ts'

/** A service name. A dash at its start would begin an option. */
export const serviceName = () => z.string().regex(/^[^\s-]\S*$/, 'must be the name of a service')
