#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "cxx_peer.h"

int64_t peer_read_csv(const char *path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line) || line != "vmid,cpu,mem,at,lt") return -1;
    std::vector<peer_vm> vms;
    std::vector<int64_t> ids;
    while (std::getline(file, line)) {
        const char *field = line.c_str();
        char *end = nullptr;
        ids.push_back(std::strtoll(field, &end, 10));
        double values[4];
        for (double &value : values) {
            if (end == field || *end != ',') return -1;
            field = end + 1;
            value = std::strtod(field, &end);
        }
        if (end == field || *end != '\0') return -1;
        if (values[0] <= 0 || values[1] <= 0 || values[3] < 0) return -1;
        if (!vms.empty() && values[2] < vms.back().arrival) return -1;
        vms.push_back({values[0], values[1], values[2], values[3]});
    }
    return static_cast<int64_t>(vms.size());
}
