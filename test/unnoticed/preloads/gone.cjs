// Some take away what their program is not to have.
for (const name of ['FormData', 'File', 'Request', 'structuredClone']) delete globalThis[name]
