#pragma once
// User agent client hints (https://wicg.github.io/ua-client-hints/): what a Chromium browser says
// of itself beside its frozen User-Agent, each hint in a field of its own.
//
//   Sec-CH-UA: "Chromium";v="131", "Google Chrome";v="131", "Not_A Brand";v="24"
//   Sec-CH-UA-Full-Version-List: "Chromium";v="131.0.6778.86", ...
//   Sec-CH-UA-Mobile: ?0
//   Sec-CH-UA-Platform: "Windows"
//   Sec-CH-UA-Platform-Version: "15.0.0"
//   Sec-CH-UA-Model: "Pixel 9"
//
// The first three and the platform come with every request, the others where a site asked for them.
// A hint that is not well-formed counts as not sent; the others stand.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// What a request said, as views of its fields; an absent field is "".
struct AgentClaims {
  std::string_view user_agent;
  std::string_view brands;         // Sec-CH-UA
  std::string_view full_versions;  // Sec-CH-UA-Full-Version-List
  std::string_view mobile;         // Sec-CH-UA-Mobile
  std::string_view platform;       // Sec-CH-UA-Platform
  std::string_view platform_version;
  std::string_view model;
};

struct Brand {
  std::string name;     // "Google Chrome"
  std::string version;  // "131" or "131.0.6778.86"
};

struct ClientHints {
  // Without the brands that are there to grease the list ("Not_A Brand"); with full versions where
  // they were sent.
  std::vector<Brand> brands;
  std::optional<bool> mobile;
  std::string platform;  // "Windows"
  std::string platform_version;
  std::string model;
};

ClientHints parse_client_hints(const AgentClaims& claims);

// "Not_A Brand", "Not)A;Brand", ...: letters that spell "not a brand", whatever stands between.
bool is_grease(std::string_view brand);

}  // namespace sallyport::discovery
