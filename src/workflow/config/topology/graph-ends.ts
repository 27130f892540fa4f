/** Names of the places where every record begins and ends. */
export const start = 'START'
export const end = 'END'
