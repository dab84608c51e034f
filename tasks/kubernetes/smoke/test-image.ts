import { z } from '../../../engine/index.ts'

/** A parameter: the image of test pods. */
export const testImage = () =>
  z
    .string()
    .regex(/^[\w.:/@-]+$/, 'must be the name of an image')
    .default('docker.io/library/busybox:1.37')
    .describe('an image with busybox, its httpd and wget included')
