#pragma once
// Something that every worker does between two turns of its loop.

#include <functional>
#include <vector>

#include "base/io/task.h"
#include "base/io/worker.h"
#include "proxy/app/worker_parts.h"

namespace sallyport::app {

// Ends once all have done it; `act` runs on each worker's own thread. On the desk's thread.
// REQUIRES: the workers' loops run.
Task<void> on_every_worker(io::Worker& desk, const std::vector<WorkerParts*>& workers,
                           const std::function<void(WorkerParts&)>& act);

}  // namespace sallyport::app
