#include "proxy/app/every_worker.h"

#include "base/io/signal.h"

namespace sallyport::app {

Task<void> on_every_worker(io::Worker& desk, const std::vector<WorkerParts*>& workers,
                           const std::function<void(WorkerParts&)>& act) {
  io::Signal all;
  std::size_t missing = workers.size();
  for (WorkerParts* parts : workers) {
    parts->worker().post([&desk, parts, &act, &all, &missing] {
      act(*parts);
      desk.post([&all, &missing] {
        if (--missing == 0) all.notify();
      });
    });
  }
  if (!workers.empty()) co_await all.wait();
}

}  // namespace sallyport::app
