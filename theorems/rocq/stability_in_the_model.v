(* The price of stability in the finite model: for every noise and every learner with finitely many
   outcomes, on average over the signs of the coefficients and over designs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import flips finite_model noiseless_loss bessel stability_price.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Price.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 < p i) (p1 : forall i, p i <= 1).
(* b is |beta|; the noise is what it is, so that any law of it may be averaged over *)
Variables (b : 'I_d -> R) (noise : {ffun 'I_n -> R}).
Variables (Z : finType) (predictor : Z -> sample d -> R).
Variables (learner : design n d -> {ffun 'I_n -> R} -> Z -> R) (delta : R).
Hypotheses (lawful : forall w y, law (learner w y)) (delta0 : 0 <= delta).
Hypothesis stable : forall w (y y' : {ffun 'I_n -> R}) r,
  (forall r', r' != r -> y r' = y' r') -> variation (learner w y) (learner w y') <= delta.

Implicit Types (w : design n d) (s : {ffun 'I_d -> bool}).

Definition truth s i : R := sgn R s i * b i.
Definition answer s (x : sample d) : R := \sum_i (value (x i))%:~R * truth s i.
Definition labels w s : {ffun 'I_n -> R} := [ffun r => answer s (w r) + noise r].
Definition loss s z : R := \sum_x sample_weight p x * (predictor z x - answer s x) ^+ 2.
Definition risk w s : R := \sum_z learner w (labels w s) z * loss s z.
Definition mean_risk w : R := (\sum_s risk w s) / (2 ^ d)%:R.
(* T_i *)
Definition times w i := #|[pred r | w r i != None]|.
Definition kept w i : R := Num.max 0 (1 - delta * (times w i)%:R).

Definition off w s i : R :=
  \sum_z learner w (labels w s) z * (coefficient p (predictor z) i - truth s i) ^+ 2.

Lemma labels_differ w s i :
  (#|[pred r | labels w s r != labels w (flip i s) r]| <= times w i)%N.
Proof.
apply: subset_leq_card; apply/subsetP => r; rewrite !inE; apply: contra => /eqP unseen.
apply/eqP; rewrite !ffunE; congr (_ + _); apply: eq_bigr => j _.
have [->|ji] := eqVneq j i; first by rewrite unseen /= !mul0r.
by rewrite /truth /sgn ffunE (negbTE ji).
Qed.

Lemma laws_close w s i :
  variation (learner w (labels w s)) (learner w (labels w (flip i s))) <=
  delta * (times w i)%:R.
Proof.
apply: le_trans (one_label_at_a_time (@stable w) (erefl _)) _.
by apply: ler_wpmul2l delta0 _ _ _; rewrite ler_nat labels_differ.
Qed.

Lemma both_signs w s i :
  b i ^+ 2 * kept w i <= 2%:R^-1 * (off w s i + off w (flip i s) i).
Proof.
have other : truth (flip i s) i = - truth s i.
  by rewrite /truth /sgn ffunE eqxx /= signrN mulNr.
have square : truth s i ^+ 2 = b i ^+ 2.
  by rewrite exprMn /sgn -exprM mulnC exprM sqrrN expr1n expr1n mul1r.
rewrite /off other; under [X in _ * (_ + X)]eq_bigr => z _ do rewrite opprK.
apply: le_trans (two_points (fun z => coefficient p (predictor z) i) (truth s i)
  (lawful w (labels w s)) (lawful w (labels w (flip i s)))).
rewrite square; apply: ler_wpmul2l (sqr_ge0 _) _ _ _; rewrite le_maxl; apply/andP; split.
  by rewrite subr_ge0; apply: variation_le1.
by rewrite ler_sub // laws_close.
Qed.

Lemma off_le_risk w s : \sum_i p i * off w s i <= risk w s.
Proof.
rewrite /off /risk; under eq_bigr => i _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: ler_sum => z _.
under eq_bigr => i _ do rewrite mulrCA.
rewrite -mulr_sumr; apply: ler_wpmul2l; first by case: (lawful w (labels w s)).
exact: bessel.
Qed.

Theorem price_of_a_design w : \sum_i p i * b i ^+ 2 * kept w i <= mean_risk w.
Proof.
have c0 : 0 < (2 ^ d)%:R :> R by rewrite ltr0n expn_gt0.
rewrite ler_pdivl_mulr //.
apply: (@le_trans _ _ (\sum_s \sum_i p i * off w s i)); last first.
  by apply: ler_sum => s _; apply: off_le_risk.
rewrite exchange_big /= mulr_suml; apply: ler_sum => i _.
rewrite -mulr_sumr -[p i * _ * kept w i]mulrA -[p i * _ * (2 ^ d)%:R]mulrA.
apply: ler_wpmul2l (ltW (p0 i)) _ _ _.
have again : \sum_s off w (flip i s) i = \sum_s off w s i.
  by rewrite [RHS](reindex_inj (inv_inj (flipK i))).
have -> : \sum_s off w s i = \sum_s 2%:R^-1 * (off w s i + off w (flip i s) i).
  by rewrite -mulr_sumr big_split /= again mulrDr mulrC -splitr.
have -> : b i ^+ 2 * kept w i * (2 ^ d)%:R =
    \sum_(s : {ffun 'I_d -> bool}) b i ^+ 2 * kept w i.
  by rewrite sumr_const card_ffun card_bool card_ord mulr_natr.
by apply: ler_sum => s _; apply: both_signs.
Qed.

Theorem stability_price :
  \sum_i p i * b i ^+ 2 * expect p (fun w => kept w i) <= expect p mean_risk.
Proof.
have nonneg i : 0 <= p i := ltW (p0 i).
apply: le_trans (expect_le nonneg p1 price_of_a_design).
by rewrite expect_sum; apply: ler_sum => i _; rewrite expectZ.
Qed.
End Price.
