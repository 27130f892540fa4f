/** Says where a rehearsed request comes from, so that its answer need not depend on how it is worded; simulators alone get it. */
export const originHeader = 'x-sygra-origin'
