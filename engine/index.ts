/** The public DSL: what playbooks and tasks import. */
export { z } from 'zod'
export { CoxswainError, isCoxswainError } from './errors.ts'
export type { ErrorCode } from './error-codes.ts'
export { nearest } from './inventory/nearest.ts'
export type { ErrorDetails, Place } from './errors.ts'
export type {
  ApplyContext,
  CheckContext,
  HostIdentity,
  Retry,
  Selector,
  StepOptions,
  Task,
  TaskOptions,
  WaitOptions,
  WhenContext,
} from './dsl/types.ts'
export type { Outcome } from './dsl/outcome.ts'
export type { Become, Play, PlayContext, PlaybookHost, PlaySpec, Portion } from './dsl/play.ts'
export { passwordHash } from './password-hash.ts'
export type { PasswordHashOptions } from './password-hash.ts'
export { playbook } from './dsl/playbook.ts'
export type { Playbook } from './dsl/playbook.ts'
export {
  accountId,
  fileMode,
  flag,
  hostSelector,
  portNumber,
  remotePath,
  duration,
  secret,
  words,
} from './dsl/schema.ts'
export { localPath } from './dsl/local-paths.ts'
export { issueText } from './dsl/issue-text.ts'
export { shellFile } from './shell-file.ts'
export type { ShellFile } from './shell-file.ts'
export { Secret, isSecret, looksSecret } from './secret.ts'
export { except, pick } from './dsl/select.ts'
export { defineRole } from './dsl/role.ts'
export type { RoleFactory, RoleInfo, RoleSpec } from './dsl/role.ts'
export { given } from './dsl/given.ts'
export { on, onEach, orElse } from './dsl/value-source.ts'
export type { HostValue, HostValues, ValueSource } from './dsl/value-source.ts'
export { background, block, flushHandlers, join, parallel } from './dsl/step.ts'
export type {
  Background,
  Block,
  BlockOptions,
  Flush,
  Given,
  Join,
  Parallel,
  RoleStep,
  Step,
} from './dsl/step.ts'
export { defineTask } from './dsl/task.ts'
export type { Writing } from './dsl/writing.ts'
export type { TaskFactory, TaskInfo } from './dsl/task.ts'
export type { TaskSpec } from './dsl/task-spec.ts'
export type { Explanation, Failure } from './dsl/explanation.ts'
export { cardGroupSchema } from './dsl/cards.ts'
export type { CardGroup, Shown } from './dsl/cards.ts'
export { drift, driftUnlessEmpty, ok, pending, unknown } from './dsl/verdict.ts'
export type { Change, Drift, Ok, Verdict } from './dsl/verdict.ts'
export { encryptAgeStream } from './inventory/secrets/age.ts'
export { defineInventory } from './inventory/sources/define.ts'
export type {
  InventoryGroupSpec,
  InventoryHosts,
  InventoryModule,
  InventorySpec,
  InventoryVariables,
} from './inventory/sources/define.ts'
export { defineConfig } from './cli/project/define-config.ts'
export type { Config, ConnectionDefaults, Hooks } from './cli/project/define-config.ts'
export { modeFor } from './connection/mode.ts'
export { text } from './dsl/text.ts'
export type { TextOf, TextValue } from './dsl/text.ts'
export { quote, shell, shellProgram } from './remote/quote.ts'
export type { ShellText, Word } from './remote/quote.ts'
export { enterLocalFolder } from './connection/local-folder.ts'
export type { LocalFolder } from './connection/local-folder.ts'
export type { CommandPath } from './connection/types.ts'
export type { Command, CommandOptions, CommandResult, CommandTag } from './remote/command.ts'
export { isValidation, validationHint } from './remote/files.ts'
export type { Attributes, Stat, WriteOptions } from './remote/attributes.ts'
export type { Content, Remote, RemoteReader } from './remote/types.ts'
export type { OnceSource, RepeatableSource, Source } from './remote/transfer.ts'
