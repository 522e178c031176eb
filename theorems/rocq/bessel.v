(* Bessel's inequality in the finite model: a predictor of any kind loses, on every feature, what its
   best coefficient there is off by. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import finite_model noiseless_loss.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Bessel.
Variables (R : realFieldType) (d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 < p i) (p1 : forall i, p i <= 1).
(* f is a predictor, beta the truth *)
Variables (f : sample d -> R) (beta : 'I_d -> R).

(* f_i = E[f(x) x_i] / p_i *)
Definition coefficient i : R := (\sum_x sample_weight p x * (f x * (value (x i))%:~R)) / p i.

Lemma loss_written_out (D : 'I_d -> R) :
  \sum_x sample_weight p x * (f x - \sum_i (value (x i))%:~R * D i) ^+ 2 =
  \sum_x sample_weight p x * f x ^+ 2 - 2%:R * (\sum_i p i * coefficient i * D i)
  + \sum_i p i * D i ^+ 2.
Proof.
have mixed : \sum_i p i * coefficient i * D i =
    \sum_x sample_weight p x * (f x * \sum_i (value (x i))%:~R * D i).
  under [RHS]eq_bigr => x _ do rewrite !mulr_sumr.
  rewrite exchange_big; apply: eq_bigr => i _ /=.
  rewrite /coefficient [p i * _]mulrC divfK ?gt_eqF // mulr_suml; apply: eq_bigr => x _.
  by rewrite -!mulrA.
rewrite -loss_of_a_test_point mixed mulr_sumr -sumrB -big_split; apply: eq_bigr => x _ /=.
by rewrite sqrrB mulrDr mulrBr mulrnAr mulr_natl.
Qed.

Theorem bessel :
  \sum_i p i * (coefficient i - beta i) ^+ 2 <=
  \sum_x sample_weight p x * (f x - \sum_i (value (x i))%:~R * beta i) ^+ 2.
Proof.
have square : \sum_i p i * coefficient i * coefficient i = \sum_i p i * coefficient i ^+ 2.
  by apply: eq_bigr => i _; rewrite expr2 mulrA.
have : 0 <= \sum_x sample_weight p x * (f x - \sum_i (value (x i))%:~R * coefficient i) ^+ 2.
  apply: sumr_ge0 => x _; apply: mulr_ge0 (sqr_ge0 _).
  exact: (sample_weight_ge0 (fun i => ltW (p0 i)) p1 x).
rewrite loss_written_out square mulr_natl mulr2n opprD addrA subrK subr_ge0 => least.
rewrite loss_written_out.
have -> : \sum_i p i * (coefficient i - beta i) ^+ 2 =
    \sum_i p i * coefficient i ^+ 2 - 2%:R * (\sum_i p i * coefficient i * beta i)
    + \sum_i p i * beta i ^+ 2.
  rewrite mulr_sumr -sumrB -big_split; apply: eq_bigr => i _ /=.
  by rewrite sqrrB mulrDr mulrBr mulrnAr mulr_natl -[p i * coefficient i * beta i]mulrA.
by rewrite ler_add2r ler_add2r.
Qed.
End Bessel.
