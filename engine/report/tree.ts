export { plainReporter as treeReporter } from './plain.ts'
