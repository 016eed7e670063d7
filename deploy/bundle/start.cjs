'use strict';

// Apart from cli.cjs: the oldest Nodes can't read an import().
import('./kube-events-loki.mjs');
