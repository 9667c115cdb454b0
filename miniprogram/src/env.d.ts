/** The configuration with which the mini-program was built. */
declare const WEIXIN_CONFIG: import('./platform/types').Config
