// `sygra/ai-sdk`: for programs that call models through the AI SDK (`ai`).
export { type MiddlewareOptions, metadataMiddleware } from './ai-sdk-middleware.ts'
export { metadataTelemetry } from './ai-sdk-telemetry.ts'
