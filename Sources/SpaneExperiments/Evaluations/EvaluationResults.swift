package import SpaneEvaluation
internal import SpaneScheduling

/// What policies made of episodes, with everything that a report of it tells: of all episodes, or of those of one shard.
package struct EvaluationResults: Sendable {
    /// What was measured.
    package enum Outcome: Sendable {
        /// Of episodes in which VMs wait, by policy.
        case waits([Evaluation])
        /// Of episodes in which nothing waits, by policy.
        case losses([LossEvaluation])
    }

    package let subject: EvaluationSubject
    package let episodes: [EpisodePlan.Episode]
    /// What each episode offers, where something may be moved.
    package let offers: [EpisodeOffer]
    package let outcome: Outcome

    init(
        _ subject: EvaluationSubject,
        _ episodes: [EpisodePlan.Episode],
        _ offers: [EpisodeOffer],
        _ outcome: Outcome
    ) {
        (self.subject, self.episodes, self.offers, self.outcome) = (subject, episodes, offers, outcome)
    }

    /// What was played here.
    package init(_ subject: EvaluationSubject, on plan: EpisodePlan, _ outcome: Outcome) {
        self.init(subject, plan.episodes, subject.moves == nil ? [] : plan.offers, outcome)
    }

    /// What one policy moved; `nil` where nothing may be moved.
    package func moveFigures(_ evaluation: Evaluation) -> MoveFigures? {
        subject.moves == nil ? nil : MoveFigures([evaluation.moved], lengths: episodes.map(\.length), offers: offers)
    }

    /// What one policy moved where nothing waits; `nil` where nothing may be moved.
    package func moveFigures(_ evaluation: LossEvaluation) -> MoveFigures? {
        subject.moves == nil ? nil : evaluation.moveFigures(of: offers)
    }
}

extension EvaluationResults {
    /// Puts together what all shards found, given in their order; all of the same policies.
    ///
    /// Times are added, so that decisions a second are those of one of the machines.
    init(_ subject: EvaluationSubject, joining shards: [EvaluationResults]) {
        let outcome: Outcome =
            switch shards[0].outcome {
            case .waits(let first):
                .waits(first.indices.map { policy in Evaluation(joining: shards.map { $0.waits[policy] }) })
            case .losses(let first):
                .losses(first.indices.map { policy in LossEvaluation(joining: shards.map { $0.losses[policy] }) })
            }
        self.init(
            subject,
            Shard.joined(shards.map(\.episodes)),
            Shard.joined(shards.map(\.offers)),
            outcome
        )
    }

    private var waits: [Evaluation] { if case .waits(let evaluations) = outcome { evaluations } else { [] } }
    private var losses: [LossEvaluation] { if case .losses(let evaluations) = outcome { evaluations } else { [] } }
}

extension Evaluation {
    fileprivate init(joining shards: [Evaluation]) {
        self.init(
            totalWaits: Shard.joined(shards.map(\.totalWaits)),
            moved: Shard.joined(shards.map(\.moved)),
            figures: Shard.joined(shards.map(\.figures)),
            decisionCount: shards.reduce(0) { $0 + $1.decisionCount },
            seconds: shards.reduce(0) { $0 + $1.seconds }
        )
    }
}

extension LossEvaluation {
    fileprivate init(joining shards: [LossEvaluation]) {
        self.init(Shard.joined(shards.map(\.episodes)), seconds: shards.reduce(0) { $0 + $1.seconds })
    }
}
