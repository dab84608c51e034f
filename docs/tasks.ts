/** Makes docs/tasks.md from the task library: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { documentedTasks, tasksPage } from '../engine/cli/docs/task-docs.ts'
import * as library from '../tasks/index.ts'

await writeFile(join(import.meta.dirname, 'tasks.md'), tasksPage(documentedTasks(library)))
