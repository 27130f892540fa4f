import { packed } from './vocabularies/cl100k-base.ts'
import { unpackVocabulary } from './vocabulary.ts'

/** The vocabulary of cl100k_base, unpacked when this module is loaded and shared by all who load it. Not awaited here: bundles that are no ES modules cannot. */
export const vocabulary = unpackVocabulary(packed)
