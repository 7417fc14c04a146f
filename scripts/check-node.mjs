// Every way in which the pinned Node can fail to be installed ends in a silent run on the machine's own: so it is asked.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    `This runs on Node ${process.versions.node}, but needs 24 or newer. npm ci installs it (tools/node24);`,
  );
  console.error(
    "with --omit=optional, or on a machine that node24 has no binary for, put a Node 24 on the PATH yourself.",
  );
  process.exit(1);
}
