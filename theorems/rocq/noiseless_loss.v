(* Both sides of the noiseless loss, as one theorem about the finite model. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import noiseless_ood flips row_projector finite_model flip_identity.
From longtail Require Import common_identified.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section NoiselessLoss.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : forall i, p i <= 1).
Variable common : pred 'I_d.
Variable beta : 'I_d -> R.

Definition seen i (w : design n d) := [exists r, w r i != None].
Definition alone i (x : sample d) :=
  [forall j, if j == i then x j != None else common j || (x j == None)].
Definition somewhere_alone i (w : design n d) := [exists r, alone i (w r)].
Definition common_found (w : design n d) :=
  [forall i, common i ==> identified (design_matrix R w) i].

(* u_i: no other tail feature *)
Definition no_other i : R := \prod_(j | (j != i) && ~~ common j) (1 - p j).

Lemma sample_probability_of_product (T : 'I_d -> pred (option bool)) :
  \sum_x sample_weight p x * [forall j, T j (x j)]%:R =
  \prod_j \sum_e entry_weight p j e * (T j e)%:R.
Proof.
rewrite (bigA_distr_bigA (fun j e => entry_weight p j e * (T j e)%:R)).
by apply: eq_bigr => x _; rewrite big_split /= -indicator_forall.
Qed.

Lemma absent_probability j : \sum_e entry_weight p j e * (e == None)%:R = 1 - p j.
Proof. by rewrite sum_over_entry /= !mulr0 !addr0 mulr1. Qed.

Lemma present_probability j : \sum_e entry_weight p j e * (e != None)%:R = p j.
Proof. by rewrite sum_over_entry /= !mulr0 add0r !mulr1 -splitr. Qed.

Lemma any_probability j : \sum_e entry_weight p j e * true%:R = 1.
Proof.
by rewrite -[RHS](entry_weight_total p j); apply: eq_bigr => e _; rewrite /= mulr1.
Qed.

Lemma one_entry_probability i (T : pred (option bool)) :
  \sum_x sample_weight p x * (T (x i))%:R = \sum_e entry_weight p i e * (T e)%:R.
Proof.
transitivity (\sum_x sample_weight p x * [forall j, (j == i) ==> T (x j)]%:R).
  apply: eq_bigr => x _; congr (_ * _%:R); congr nat_of_bool; apply/idP/forallP => [t j|/(_ i)].
    by apply/implyP => /eqP ->.
  by rewrite eqxx.
rewrite (sample_probability_of_product (fun j e => (j == i) ==> T e)) (bigD1 i) //= eqxx /=.
rewrite [X in _ * X]big1 ?mulr1 // => j /negbTE ->; exact: any_probability.
Qed.

Lemma alone_probability i : \sum_x sample_weight p x * (alone i x)%:R = p i * no_other i.
Proof.
rewrite (sample_probability_of_product
  (fun j e => if j == i then e != None else common j || (e == None))).
rewrite (bigD1 i) //= eqxx present_probability; congr (_ * _).
rewrite /no_other [RHS]big_mkcondr; apply: eq_bigr => j /negbTE ->.
by case: (common j); rewrite /= ?any_probability ?absent_probability.
Qed.

Lemma unseen_probability i :
  probability p (fun w : design n d => ~~ seen i w) = (1 - p i) ^+ n.
Proof.
transitivity (probability p (fun w : design n d => [forall r, w r i == None])).
  apply: eq_expect => w; rewrite /seen negb_exists.
  by congr (_%:R); congr nat_of_bool; apply: eq_forallb => r; rewrite negbK.
rewrite (@probability_every_sample R n d p (fun x => x i == None)).
by rewrite (one_entry_probability i (fun e => e == None)) absent_probability.
Qed.

Lemma not_alone_probability i :
  probability p (fun w : design n d => ~~ somewhere_alone i w) = (1 - p i * no_other i) ^+ n.
Proof.
transitivity (probability p (fun w : design n d => [forall r, ~~ alone i (w r)])).
  by apply: eq_expect => w; rewrite /somewhere_alone negb_exists.
rewrite (@probability_every_sample R n d p (fun x => ~~ alone i x)); congr (_ ^+ _).
rewrite -alone_probability -{2}(sample_weight_total p) -sumrB; apply: eq_bigr => x _.
by case: (alone i x); rewrite ?mulr1 ?mulr0 ?subrr ?subr0.
Qed.

Lemma alone_is_seen i w : somewhere_alone i w -> seen i w.
Proof.
by case/existsP => r /forallP/(_ i); rewrite eqxx => h; apply/existsP; exists r.
Qed.

(* seen but alone nowhere *)
Lemma remaining_probability i :
  probability p (fun w : design n d => seen i w && ~~ somewhere_alone i w) =
  (1 - p i * no_other i) ^+ n - (1 - p i) ^+ n.
Proof.
rewrite -unseen_probability -not_alone_probability; apply/eqP; rewrite eq_sym subr_eq; apply/eqP.
rewrite /probability -expectD; apply: eq_expect => w.
by case a: (somewhere_alone i w); [rewrite (alone_is_seen a)|case: (seen i w)];
  rewrite /= ?addr0 ?add0r.
Qed.

Lemma expected_number_alone :
  expect p (fun w : design n d => \sum_(i | ~~ common i) (somewhere_alone i w)%:R) =
  \sum_(i | ~~ common i) (1 - (1 - p i * no_other i) ^+ n).
Proof.
rewrite expect_sum; apply: eq_bigr => i _; rewrite -not_alone_probability.
apply/eqP; rewrite eq_sym subr_eq -expectD -[X in X == _](expect_const n p); apply/eqP.
by apply: eq_expect => w; case: (somewhere_alone i w); rewrite /= ?addr0 ?add0r.
Qed.

(* a feature alone in a sample is identified once the common ones are *)
Lemma alone_recovery i w : ~~ common i -> common_found w -> somewhere_alone i w ->
  is_identified R w i.
Proof.
move=> ci /forallP found /existsP[r /forallP al]; rewrite /is_identified /identified.
set X := design_matrix R w; have x0 : X r i != 0.
  have := al i; rewrite eqxx mxE; case: (w r i) => [s|] // _.
  by rewrite intr_eq0 /= signr_eq0.
have rowX : row r X = \sum_j X r j *: delta_mx 0 j.
  by rewrite [LHS]row_sum_delta; apply: eq_bigr => j _; rewrite mxE.
have e : X r i *: (delta_mx 0 i : 'rV[R]_d) =
    row r X - \sum_(j | j != i) X r j *: delta_mx 0 j.
  by rewrite rowX (bigD1 i) //= addrK.
have : (X r i *: (delta_mx 0 i : 'rV[R]_d) <= X)%MS.
  rewrite e addmx_sub ?row_sub // eqmx_opp summx_sub // => j ji.
  have := al j; rewrite (negbTE ji) => /orP[cj|/eqP none].
    by apply: scalemx_sub; apply: (implyP (found j)).
  by rewrite mxE none rmorph0 scale0r sub0mx.
by rewrite eqmx_scale.
Qed.

Lemma unseen_null_projector i (w : design n d) j :
  ~~ seen i w -> null_projector R w i j = (i == j)%:R.
Proof.
rewrite /seen negb_exists => /forallP un.
have [sym _ /submxP[M PM]] := row_projectorP (design_matrix R w).
have col a : row_projector (design_matrix R w) a i = 0.
  rewrite PM mxE big1 // => r _; rewrite [design_matrix _ _ _ _]mxE.
  by move: (un r); rewrite negbK => /eqP ->; rewrite mulr0.
have rowi : row_projector (design_matrix R w) i j = 0.
  by have := congr1 (fun N : 'M[R]_d => N i j) sym; rewrite mxE col => <-.
by rewrite /null_projector mxE [X in _ + X]mxE rowi subr0 mxE.
Qed.

Lemma unseen_error i (w : design n d) : ~~ seen i w -> error beta w i 0 ^+ 2 = beta i ^+ 2.
Proof.
move=> un; rewrite error_square (bigD1 i) //= big1 => [|j ji].
  by rewrite addr0 unseen_null_projector // eqxx mul1r.
by rewrite unseen_null_projector // eq_sym (negbTE ji) mul0r.
Qed.

Lemma identified_error i (w : design n d) : is_identified R w i -> error beta w i 0 = 0.
Proof.
have [_ XP _] := row_projectorP (design_matrix R w).
exact: (no_error_on_identified XP).
Qed.

(* flips of columns leave the events alone *)
Lemma flip_none b e : (flip_entry b e == None) = (e == None).
Proof. by case: e. Qed.

Lemma seen_flip i f (w : design n d) : seen i (flip_design f w) = seen i w.
Proof. by apply: eq_existsb => r; rewrite !ffunE flip_none. Qed.

Lemma somewhere_alone_flip i f (w : design n d) :
  somewhere_alone i (flip_design f w) = somewhere_alone i w.
Proof.
by apply: eq_existsb => r; apply: eq_forallb => j; rewrite !ffunE flip_none.
Qed.

Lemma identified_flip_half i f (w : design n d) :
  identified (design_matrix R w) i -> identified (design_matrix R (flip_design f w)) i.
Proof.
rewrite /identified matrix_flip => h.
have e : (delta_mx 0 i : 'rV[R]_d) *m signs R f = sgn R f i *: delta_mx 0 i.
  apply/rowP => j; rewrite mul_mx_diag !mxE eqxx /=.
  by have [->|_] := eqVneq j i; rewrite ?mulr1 ?mul1r ?mulr0 ?mul0r.
have s0 : sgn R f i != 0 by rewrite /sgn signr_eq0.
by rewrite -(eqmx_scale _ s0) -e submxMr.
Qed.

Lemma common_found_flip f (w : design n d) : common_found (flip_design f w) = common_found w.
Proof.
apply: eq_forallb => i; congr (_ ==> _); apply/idP/idP; last exact: identified_flip_half.
by move/(identified_flip_half f); rewrite flip_designK.
Qed.

(* a test point is a sample: the loss of a vector of errors *)
Lemma loss_of_a_test_point (D : 'I_d -> R) :
  \sum_x sample_weight p x * (\sum_i (value (x i))%:~R * D i) ^+ 2 = \sum_i p i * D i ^+ 2.
Proof.
have c0 : (2 ^ d)%:R != 0 :> R by rewrite pnatr_eq0 expn_eq0.
apply: (mulfI c0); set L := \sum_x _.
have -> : (2 ^ d)%:R * L = \sum_(f : {ffun 'I_d -> bool}) L.
  by rewrite sumr_const card_ffun card_bool card_ord mulr_natl.
have flipped f : L = \sum_x sample_weight p x *
    (\sum_i (value (x i))%:~R * D i * sgn R f i) ^+ 2.
  have inj : injective (@flip_sample d f).
    by apply: inv_inj => x; apply/ffunP => i; rewrite !ffunE flip_entryK.
  rewrite /L (reindex_inj inj); apply: eq_bigr => x _; congr (_ * _).
    by apply: eq_bigr => i _; rewrite !ffunE; case: (x i).
  congr (_ ^+ 2); apply: eq_bigr => i _; rewrite !ffunE value_flip rmorphM rmorphX rmorphN1.
  by rewrite /sgn -mulrA mulrC.
rewrite (eq_bigr _ (fun f _ => flipped f)) exchange_big.
transitivity (\sum_x sample_weight p x * ((2 ^ d)%:R * \sum_i ((x i) != None)%:R * D i ^+ 2)).
  apply: eq_bigr => x _; rewrite -mulr_sumr mean_square_of_signed_sum; congr (_ * (_ * _)).
  apply: eq_bigr => i _; rewrite exprMn; congr (_ * _).
  case: (x i) => [s|] /=; last by rewrite rmorph0 expr0n.
  by rewrite rmorphX rmorphN1 -exprM mulnC exprM sqrrN expr1n expr1n.
under eq_bigr => x _ do rewrite mulrCA mulr_sumr.
rewrite -mulr_sumr exchange_big; congr (_ * _); apply: eq_bigr => i _ /=.
under eq_bigr => x _ do rewrite mulrA.
by rewrite -mulr_suml (one_entry_probability i (fun e => e != None)) present_probability.
Qed.

Variables B Btail : R.
Hypotheses (largest : forall j, beta j ^+ 2 <= B ^+ 2).
Hypotheses (largest_tail : forall j, ~~ common j -> beta j ^+ 2 <= Btail ^+ 2).

Definition missing i : R := beta i ^+ 2 * (1 - p i) ^+ n.
Definition remaining i : R := Btail ^+ 2 * ((1 - p i * no_other i) ^+ n - (1 - p i) ^+ n).
Definition not_found : R := Num.min 1 (pi_k n p common).

Lemma unseen_part i :
  expect p (fun w : design n d => (~~ seen i w)%:R * error beta w i 0 ^+ 2) = missing i.
Proof.
rewrite /missing -unseen_probability -expectZ; apply: eq_expect => w.
by have [//|un] := boolP (seen i w); rewrite ?mul0r ?mulr0 //= unseen_error // mulrC.
Qed.

Lemma off_common_found i :
  expect p (fun w : design n d => (~~ common_found w)%:R * error beta w i 0 ^+ 2) <=
  B ^+ 2 * not_found.
Proof.
have inv f w : ~~ common_found (flip_design f w) = ~~ common_found w by rewrite common_found_flip.
apply: le_trans (error_at_most_unidentified p0 p1 i inv largest) _.
apply: ler_wpmul2l (sqr_ge0 _) _ _ _.
apply: (@le_trans _ _ (probability p (fun w : design n d => ~~ common_found w))).
  by apply: expect_le => // w; case: (~~ common_found w); rewrite ?ler_nat //= leq_b1.
rewrite /not_found le_minr; apply/andP; split; last exact: common_identified.
rewrite -[X in _ <= X](expect_const n p); apply: expect_le => // w.
by rewrite -[1]/(1%:R) ler_nat leq_b1.
Qed.

Lemma remaining_part i : ~~ common i ->
  expect p (fun w : design n d =>
    (common_found w && (seen i w && ~~ somewhere_alone i w))%:R * error beta w i 0 ^+ 2) <=
  remaining i.
Proof.
move=> ci; rewrite flip_identity => [|f w]; last first.
  by rewrite common_found_flip seen_flip somewhere_alone_flip.
rewrite /remaining -remaining_probability -expectZ.
have -> (F : 'I_d -> design n d -> R) : \sum_j expect p (F j) * beta j ^+ 2 =
    expect p (fun w => \sum_j beta j ^+ 2 * F j w).
  by rewrite expect_sum; apply: eq_bigr => j _; rewrite expectZ mulrC.
apply: expect_le => // w; rewrite mulrC.
have [found|_] := boolP (common_found w); last first.
  rewrite big1 => [|j _]; last by rewrite mul0r mulr0.
  by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
rewrite andTb; case: (_ && _); last by rewrite mul0r big1 // => j _; rewrite mul0r mulr0.
rewrite /= mul1r; apply: (@le_trans _ _ (\sum_j Btail ^+ 2 * null_projector R w i j ^+ 2)).
  apply: ler_sum => j _; rewrite mul1r; have [cj|cj] := boolP (common j).
    rewrite (null_projector_of_identified i (implyP (forallP found j) cj)).
    by rewrite expr0n !mulr0.
  by apply: ler_wpmul2r (sqr_ge0 _) _ _ (largest_tail cj).
rewrite -mulr_sumr null_projector_row -[X in _ <= X]mulr1.
apply: ler_wpmul2l (sqr_ge0 _) _ _ _; exact: null_projector_le1.
Qed.

Lemma on_common_found i :
  expect p (fun w : design n d => (common_found w)%:R * error beta w i 0 ^+ 2) <=
  if common i then 0 else missing i + remaining i.
Proof.
case: ifPn => ci.
  rewrite -(expect_const n p 0); apply: expect_le => // w.
  have [found|_] := boolP (common_found w); last by rewrite mul0r.
  by rewrite identified_error ?expr0n ?mulr0 //; apply: (implyP (forallP found i)).
apply: le_trans (ler_add (lexx _) (remaining_part ci)); rewrite -unseen_part -expectD.
apply: expect_le => // w; have sq := sqr_ge0 (error beta w i 0).
have [s|un] := boolP (seen i w); last first.
  by rewrite /= mul1r andbF mul0r addr0; case: (common_found w); rewrite ?mul0r ?mul1r.
have [found|_] := boolP (common_found w); last by rewrite /= !mul0r addr0.
have [al|_] := boolP (somewhere_alone i w); last by rewrite /= mul0r add0r.
by rewrite identified_error ?expr0n ?mulr0 ?addr0 //; apply: alone_recovery.
Qed.

Definition mean_loss : R :=
  expect p (fun w : design n d => \sum_i p i * error beta w i 0 ^+ 2).

Theorem noiseless_loss_upper :
  mean_loss <= \sum_(i | ~~ common i) p i * (missing i + remaining i) +
               B ^+ 2 * (\sum_i p i) * not_found.
Proof.
rewrite /mean_loss expect_sum [X in _ <= X + _]big_mkcond [B ^+ 2 * _]mulrC -mulrA mulr_suml -big_split /=.
apply: ler_sum => i _; rewrite expectZ.
have -> : expect p (fun w : design n d => error beta w i 0 ^+ 2) =
    expect p (fun w => (common_found w)%:R * error beta w i 0 ^+ 2) +
    expect p (fun w => (~~ common_found w)%:R * error beta w i 0 ^+ 2).
  rewrite -expectD; apply: eq_expect => w.
  by case: (common_found w); rewrite mul1r mul0r ?addr0 ?add0r.
have := ler_add (on_common_found i) (off_common_found i) => h.
apply: le_trans (ler_wpmul2l (p0 i) h) _; rewrite mulrDr.
by case: (common i); rewrite /= ?mulr0.
Qed.

Theorem noiseless_loss_lower : \sum_i p i * missing i <= mean_loss.
Proof.
rewrite /mean_loss expect_sum; apply: ler_sum => i _; rewrite expectZ.
apply: ler_wpmul2l (p0 i) _ _ _; rewrite -unseen_part; apply: expect_le => // w.
by case: (seen i w); rewrite ?mul0r ?mul1r // sqr_ge0.
Qed.
End NoiselessLoss.
