/** Names the file to which each process adds the path of the metadata it wrote, for whoever started them. */
export const listVariable = 'SYGRA_EXEC_LIST'
