// A law is tried with fewer histories for each of thousands of changes than once for all: what is noticed is rather too little.
import fc from 'fast-check'

fc.configureGlobal({ numRuns: 4, interruptAfterTimeLimit: 500 })
