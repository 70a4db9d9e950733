// Changing policy files.

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/app/state_directory.h"
#include "proxy/cli/policy_edit_options.h"

namespace sallyport::cli {

bool replace_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const std::string real = std::filesystem::weakly_canonical(path, error).string();
  struct stat before{};
  const bool exists = !error && ::stat(real.c_str(), &before) == 0;
  const auto written =
      app::write_file(error ? path : real, text, exists ? before.st_mode & 07777 : 0644);
  if (!written) {
    complain(describe(written.error()));
    return false;
  }
  // Only the superuser may; everybody else's files are their own already.
  if (exists && before.st_uid != ::geteuid() &&
      ::chown(real.c_str(), before.st_uid, before.st_gid) != 0) {
    complain(path + ": the file now belongs to the user of this command");
  }
  return true;
}

policy::PolicySources with_text(policy::PolicySources sources, const SourcePtr& file,
                                const std::string& text) {
  for (auto* list : {&sources.policies, &sources.templates}) {
    for (SourcePtr& one : *list) {
      if (one == file) one = std::make_shared<const Source>(Source{file->name, text});
    }
  }
  return sources;
}

}  // namespace sallyport::cli
