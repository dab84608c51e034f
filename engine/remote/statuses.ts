/** Exit statuses of the scripts of file operations. The .sh files in this folder have them as numbers. */

/** Exit status: the path does not exist. */
export const absent = 3

/** Exit status: the path is of another type than the script needs. */
export const inTheWay = 6

/** Exit status: a link of the path leads nowhere. */
export const deadLink = 7

/** Exit status: a link of the path is under the control of other users and is not followed. */
export const foreignLink = 9

/** Exit status: the command that creates the content failed. */
export const noContent = 10

/** Exit status: the content has another SHA-256 than expected; the script prints it. */
export const otherContent = 11

/** Exit status: the new content failed validation. */
export const invalidContent = 8

/** Exit status: there are devices, pipes or sockets, which need `special`. */
export const notAskedFor = 12
