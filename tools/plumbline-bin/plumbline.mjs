#!/usr/bin/env node
import "../../bin/plumbline.mjs";
