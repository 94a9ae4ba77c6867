"""The running program: settings, jobs, the open document and who may change it."""
