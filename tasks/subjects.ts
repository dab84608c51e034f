/** The task library by subject, as `run docs` and docs/tasks.md group it. */
import * as control from './control/index.ts'
import * as databases from './databases/index.ts'
import * as facts from './facts/index.ts'
import * as files from './files/index.ts'
import * as kubernetes from './kubernetes/index.ts'
import * as network from './network/index.ts'
import * as system from './system/index.ts'

/** The tasks of each subject, by export name. */
export const subjects = { files, system, network, databases, facts, control, kubernetes }
