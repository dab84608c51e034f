/** Descriptions of parameters in the declarations of tasks. */
import * as assert from 'uvu/assert'
import { withHoverDocs } from '../../engine/cli/docs/hover-docs.ts'
import { defineTask, portNumber, z } from '../../engine/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('descriptions in declarations')

const proxy = defineTask({
  name: 'proxy',
  description: 'Sets up a proxy.',
  params: z.object({
    schedule: z.string().default('*/5').describe('such as */10 or @daily'),
    backends: z.array(z.object({ port: portNumber().describe('its port') })).describe('the servers'),
    plain: z.boolean(),
  }),
  apply: () => Promise.resolve(),
})
const tasks = new Map([['proxy', proxy.info]])

const text = `/** Sets up a proxy. */
export declare const proxy: import("coxswain").TaskFactory<{
    schedule?: string | undefined;
    backends: {
        port: string | number;
    }[];
}, void>;
export declare const other: {
    schedule: string;
};`

test('each parameter gets its description, type and default; other properties are unchanged', () =>
  assert.is(
    withHoverDocs({ text, map: '{"mappings":""}' }, tasks).text,
    `/** Sets up a proxy. */
export declare const proxy: import("coxswain").TaskFactory<{
    /**
     * such as *\\/10 or \\@daily
     *
     * Default: "*\\/5"
     */
    schedule?: string | undefined;
    /**
     * the servers
     *
     * Type: list of object
     */
    backends: {
        /**
         * its port
         *
         * Type: port 1..65535
         */
        port: string | number;
    }[];
}, void>;
export declare const other: {
    schedule: string;
};`,
  ))

test('the source map accounts for the new lines', () => {
  const map = JSON.stringify({ version: 3, mappings: 'A;B;C;D;E;F' })
  assert.equal(JSON.parse(withHoverDocs({ text, map }, tasks).map), {
    version: 3,
    mappings: 'A;B;;;;;;C;;;;;;D;;;;;;E;F',
  })
})
