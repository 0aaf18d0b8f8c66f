import SpaneNetworks
import SpaneScheduling
import SpaneStorage

let (trace, _) = try TraceFile.load("data/synthetic.h5")
let (model, _) = try WeightsFile.read("data/weights/potential-synthetic.h5")
let fleet = try Fleet(servers: 5)

var environment = try Environment(trace: trace, fleet: fleet)
var policy = try model.makeSession(for: fleet)
try environment.reset(start: 70_000, until: .length(900))
policy.begin(start: 70_000, on: environment.cluster)
while !environment.isFinished {
    guard let action = policy.action(for: environment.request, on: environment.cluster) else { break }
    try environment.step(action)
}
print(environment.totalWait)
