#pragma once
// What one user did, put together from the activities that were kept: apps, addresses, countries,
// devices, administration, whom things were opened to, accounts of their own in apps.
//
//   UserPicture picture;
//   picture.add(activity, UserPicture::How{...});      // in the order of time
//
// It knows what passed the gateway and was kept. Memory: kMost of each kind; what is new beyond
// that is counted in `left_out`. Thread rule: one thread.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// When something was seen, and how often.
struct Sighting {
  Time first{};
  Time last{};
  std::uint64_t count = 0;

  void add(Time at);
};

class UserPicture {
 public:
  static constexpr std::size_t kMost = 2'000;    // of each list
  static constexpr std::size_t kMostOfApp = 50;  // instances, accounts of an app

  // What is known of an activity beside its facts.
  struct How {
    Time at;
    bool stopped = false;  // by policy
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
  };

  struct App {
    std::string name;
    std::string category;
    Sighting seen;
    std::uint64_t uploads = 0, downloads = 0, admin = 0, stopped = 0;
    std::uint64_t shares = 0;  // invitations too
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::set<std::string> instances;  // "corp (corporate)"
    std::set<std::string> accounts;
  };
  struct Address {
    Sighting seen;
    std::string country, isp, category;
  };

  void add(const policy::Activity& activity, const How& how);

  Sighting seen;
  std::uint64_t stopped = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t logins = 0, failed_logins = 0;
  std::map<std::string, App> apps;  // by id, else by domain or host
  std::map<std::string, Address> addresses;
  std::map<std::string, Sighting> countries;
  std::map<std::string, Sighting> devices;         // "desktop, windows, firefox"
  std::map<std::string, Sighting> administration;  // "create_user in Okta"
  std::map<std::string, Sighting> opened_to;       // domains that are not ours: shares, invitations
  std::map<std::string, Sighting> personal;        // "ana@gmail.com in Dropbox"
  std::uint64_t left_out = 0;

 private:
  template <class T>
  T* place(std::map<std::string, T>& in, std::string key);
};

}  // namespace sallyport::discovery
