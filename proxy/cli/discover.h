#pragma once
// `sallyport discover`: which apps are used, by whom and how much.

#include <cstddef>
#include <string>
#include <vector>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

enum class DiscoverAction : unsigned char {
  dashboard,
  apps,
  app,
  users,
  addresses,
  devices,
  countries,
  categories,
  alternatives,
  leakage,
  non_compliant,
  fresh,
  inactive,
  hosts,
  queries,
};

struct DiscoverOptions {
  CommonOptions common;
  DiscoverAction action = DiscoverAction::dashboard;
  std::string name;  // of the app, where one is asked for
  std::string since, until;
  std::vector<std::string> apps, categories, tags, has, lacks;
  std::string risk_score;  // "5", "0-5"
  std::string query;       // a suggested one
  std::string user, group, address, country, device;
  std::vector<std::string> more_than, less_than;  // "users=50"
  std::string sort = "traffic";
  std::size_t limit = 100;
  std::string format = "table";
};
int discover(const DiscoverOptions& options);

}  // namespace sallyport::cli
