// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** The configuration with which the mini-program was built. */
declare const WEIXIN_CONFIG: import('./platform/types').Config
